//! Which file of the crate uses which other one, read off the paths in its text: `use` declarations
//! and paths within the code that begin with `crate::`, `super::` or `self::`. Tests are left out:
//! they may look at everything. A name that a `mod.rs` only passes on leads to the file that has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One file's use of another one, both below the source folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: String,
    pub to: String,
    pub line: usize,
    /// The path as written, with `super` and `self` replaced.
    pub path: String,
}

/// A file without comments, texts and tests.
struct File {
    /// The module that it is, such as `["families", "glcm"]`.
    module: Vec<String>,
    /// All paths in it: line, and names from the root of the crate.
    paths: Vec<(usize, Vec<String>)>,
    /// What it passes on: the name, and where that comes from.
    passes_on: BTreeMap<String, Vec<String>>,
}

/// All imports among the files below `source`.
pub fn imports(source: &Path) -> Vec<Import> {
    let mut names = Vec::new();
    collect(source, source, &mut names);
    let read = |name: &String| std::fs::read_to_string(source.join(name)).unwrap();
    let tests: BTreeSet<String> = names.iter().flat_map(|name| test_modules(name, &read(name))).collect();
    let is_test = |name: &String| tests.iter().any(|test| name.starts_with(test.as_str()));
    let files: BTreeMap<String, File> = names
        .iter()
        .filter(|name| !is_test(name))
        .map(|name| (name.clone(), File::new(name, &read(name))))
        .collect();
    let by_module: BTreeMap<&[String], &str> =
        files.iter().map(|(name, file)| (&file.module[..], name.as_str())).collect();
    let mut imports = BTreeSet::new();
    for (from, file) in &files {
        for (line, path) in &file.paths {
            if let Some(to) = home(path, &by_module, &files, 0).filter(|to| to != from) {
                imports.insert(Import { from: from.clone(), to, line: *line, path: path.join("::") });
            }
        }
    }
    imports.into_iter().collect()
}

fn collect(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            names.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}

/// The file that has what `path` names: of its modules the last one that is a file, or the one from
/// which that passes the next name on.
fn home(
    path: &[String],
    by_module: &BTreeMap<&[String], &str>,
    files: &BTreeMap<String, File>,
    depth: usize,
) -> Option<String> {
    assert!(depth < 20, "a name that is passed on in a circle: {path:?}");
    let length = (0..=path.len()).rev().find(|&n| by_module.contains_key(&path[..n]))?;
    let file = by_module[&path[..length]];
    match path.get(length).and_then(|name| origin(name, &files[file].passes_on, by_module, files)) {
        Some(origin) => {
            let whole: Vec<String> = origin.iter().chain(&path[length + 1..]).cloned().collect();
            home(&whole, by_module, files, depth + 1)
        }
        None => Some(file.to_owned()),
    }
}

/// Where a name comes from that a file passes on, by itself or with all that another one passes on.
fn origin(
    name: &String,
    passes_on: &BTreeMap<String, Vec<String>>,
    by_module: &BTreeMap<&[String], &str>,
    files: &BTreeMap<String, File>,
) -> Option<Vec<String>> {
    if let Some(path) = passes_on.get(name) {
        return Some(path.clone());
    }
    let (_, room) = passes_on.get("*")?.split_last()?;
    files[*by_module.get(room)?].passes_on.get(name).cloned()
}

/// The modules of a file name.
fn module(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Files, or folders, of the modules that a file declares for tests alone.
fn test_modules(name: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut modules = Vec::new();
    for (n, _) in lines.iter().enumerate().filter(|(_, line)| **line == "#[cfg(test)]") {
        let mut rest = lines[n + 1..].iter();
        let mut path = None;
        let declaration = rest.find(|line| {
            path = path.or(line.strip_prefix("#[path = \"").and_then(|p| p.strip_suffix("\"]")));
            !line.starts_with('#')
        });
        let module_name = declaration.and_then(|line| {
            line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").strip_prefix("mod ")
        });
        let Some(module_name) = module_name.and_then(|m| m.strip_suffix(';')) else { continue };
        let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let own = match name.rsplit('/').next() {
            Some("mod.rs" | "lib.rs") | None => folder.clone(),
            Some(file) => format!("{folder}{}/", file.trim_end_matches(".rs")),
        };
        modules.push(match path {
            Some(path) => format!("{folder}{path}"),
            None => format!("{own}{module_name}.rs"),
        });
    }
    modules
}

impl File {
    fn new(name: &str, text: &str) -> Self {
        let module = module(name);
        let text = without_tests(&without_comments_and_texts(text));
        let (mut paths, mut passes_on) = (Vec::new(), BTreeMap::new());
        let is_room = name.ends_with("mod.rs") || name == "lib.rs";
        let mut rest = text.as_str();
        let mut line = 1;
        let mut code = String::new();
        // Declarations first; what is left are paths within the code.
        while let Some(at) = next_use(rest) {
            let (before, from_use) = rest.split_at(at);
            code.push_str(before);
            line += before.matches('\n').count();
            let end = from_use.find(';').map_or(from_use.len(), |end| end + 1);
            let declaration = &from_use[..end];
            let is_public = before.trim_end().ends_with("pub")
                || before.trim_end().rsplit('\n').next().is_some_and(|l| l.trim().starts_with("pub("));
            for (path, alias) in tree(declaration.trim_start_matches("use").trim_end_matches(';')) {
                let Some(path) = absolute(&path, &module) else { continue };
                let is_own = path.len() == module.len() + 1 && path.starts_with(&module);
                if is_public && is_room && !is_own {
                    let before = passes_on.insert(alias, path);
                    assert!(before.is_none(), "{name} passes on two things of one name, or all of two rooms");
                } else {
                    paths.push((line, path));
                }
            }
            code.extend(declaration.chars().filter(|&c| c == '\n'));
            line += declaration.matches('\n').count();
            rest = &from_use[end..];
        }
        code.push_str(rest);
        // What a room passes on and uses itself is an import all the same.
        let used = |name: &String| words(&code).any(|word| word == name);
        paths.extend(passes_on.iter().filter(|(name, _)| used(name)).map(|(_, path)| (1, path.clone())));
        for (n, text) in code.lines().enumerate() {
            for written in inline_paths(text) {
                paths.extend(absolute(&written, &module).map(|path| (n + 1, path)));
            }
        }
        Self { module, paths, passes_on }
    }
}

/// The names in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Where the next `use` declaration begins.
fn next_use(text: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts = |&(at, _): &(usize, &str)| {
        !text[..at].ends_with(is_word) && text[at + 3..].starts_with(char::is_whitespace)
    };
    text.match_indices("use").find(starts).map(|(at, _)| at)
}

/// The paths of a `use` tree, each with the name under which it is known.
fn tree(text: &str) -> Vec<(Vec<String>, String)> {
    let text = text.trim();
    if let Some((head, inner)) = text.split_once('{') {
        let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
        let head: Vec<String> =
            head.split("::").map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        let prefixed = |(path, alias): (Vec<String>, String)| {
            let full: Vec<String> = head.iter().chain(&path).cloned().collect();
            let alias = if path.is_empty() { head.last().cloned().unwrap_or_default() } else { alias };
            (full, alias)
        };
        return split_members(inner).into_iter().flat_map(tree).map(prefixed).collect();
    }
    if text.is_empty() {
        return Vec::new();
    }
    let (path, alias) = match text.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (text, None),
    };
    let mut path: Vec<String> = path.split("::").map(|s| s.trim().to_owned()).collect();
    if path.last().is_some_and(|last| last == "self") && path.len() == 1 {
        path.clear();
    }
    let alias = alias.or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(path, alias)]
}

/// The members of a braced list, which may hold braces of their own.
fn split_members(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    members.push(&text[start..]);
    members
}

/// A path from the root of the crate; nothing for a path out of it.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    let mut names = path.iter();
    match path.first().map(String::as_str)? {
        "crate" | "$crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        // A module that this file declares is named without more ado.
        _ => return Some(base.into_iter().chain(path.iter().cloned()).collect()),
    }
    names.next();
    let mut names = names.peekable();
    while names.next_if(|name| *name == "super").is_some() {
        base.pop();
    }
    Some(base.into_iter().chain(names.cloned()).collect())
}

/// Paths within code that begin at the crate, a parent or the module itself.
fn inline_paths(line: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut paths = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in line.match_indices(start) {
            if line[..at].ends_with(is_word) || line[..at].ends_with("::") {
                continue;
            }
            let end = line[at..].find(|c| !is_word(c) && c != ':').map_or(line.len(), |end| at + end);
            paths.push(line[at..end].split("::").filter(|s| !s.is_empty()).map(str::to_owned).collect());
        }
    }
    paths
}

/// The text with comments and the insides of string literals blanked, line by line the same.
fn without_comments_and_texts(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if c == '"' {
            closing_quote(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else {
            clean.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        clean.extend(rest[..skip].chars().filter(|&c| c == '\n'));
        rest = &rest[skip..];
    }
    clean
}

/// Bytes from an opening quote to behind the closing one.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The text without `#[cfg(test)]` items that have a body of their own.
fn without_tests(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#[cfg(test)]") {
        clean.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = match (item.find('{'), item.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|semicolon| open < semicolon) => {
                closing_brace(&item[open..]) + open
            }
            (_, Some(semicolon)) => semicolon + 1,
            _ => item.len(),
        };
        clean.extend(item[..end].chars().filter(|&c| c == '\n'));
        rest = &item[end..];
    }
    clean.push_str(rest);
    clean
}

/// Bytes from an opening brace to behind the one that closes it.
fn closing_brace(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
