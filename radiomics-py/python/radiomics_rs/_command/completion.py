"""Completion for shells, made of the parser itself, so that no command or option is forgotten."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from radiomics_rs._describe import catalogue_names

COMMAND = "radiomics-rs"


def completion(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Print the script of a shell."""
    from radiomics_rs._command.options import parser as options

    print(SCRIPTS[chosen.shell](options()), end="")


def commands_of(parser: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """The commands with their parsers and what their help says."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {one.dest: one.help or "" for one in action._choices_actions}
            return {name: (own, said.get(name, "")) for name, own in action.choices.items()}
    raise AssertionError("the command has subcommands")


def options_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The options of a command, none of its positional arguments."""
    return (action for action in parser._actions if action.option_strings)


def words_of(name: str, parser: argparse.ArgumentParser) -> list[str]:
    """What positional arguments of a command are chosen from; nothing if they are files."""
    if name == "describe":
        return catalogue_names()
    return [
        str(choice)
        for action in parser._actions
        if not action.option_strings
        for choice in action.choices or ()
    ]


def _bash(parser: argparse.ArgumentParser) -> str:
    commands = commands_of(parser)
    choices, options, words = [], [], []
    for name, (own, _) in commands.items():
        for action in options_of(own):
            for option in action.option_strings:
                if action.choices:
                    members = " ".join(map(str, action.choices))
                    choices.append(f'        "{name} {option}") words="{members}" ;;')
        texts = " ".join(text for action in options_of(own) for text in action.option_strings)
        options.append(f'        {name}) options="{texts}" ;;')
        if words_of(name, own):
            words.append(f'        {name}) words="{" ".join(words_of(name, own))}" ;;')
    lines = "\n".join
    return f"""# Completion of {COMMAND} for bash.
_radiomics_rs() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    local words="" options=""
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{" ".join(commands)} --help --version" -- "$cur"))
        return
    fi
    case "${{COMP_WORDS[1]}} $prev" in
{lines(choices)}
    esac
    if [ -n "$words" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        return
    fi
    case "${{COMP_WORDS[1]}}" in
{lines(options)}
    esac
    if [ "${{cur:0:1}}" = "-" ]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        return
    fi
    case "${{COMP_WORDS[1]}}" in
{lines(words)}
    esac
    if [ -n "$words" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else
        COMPREPLY=($(compgen -f -- "$cur"))
    fi
}}
complete -o filenames -F _radiomics_rs {COMMAND}
"""


def _zsh(parser: argparse.ArgumentParser) -> str:
    commands = commands_of(parser)
    listed = "\n".join(
        f"        '{name}:{_zsh_text(said)}'" for name, (_, said) in commands.items()
    )
    cases = []
    for name, (own, _) in commands.items():
        lines = [_zsh_option(a, text) for a in options_of(own) for text in a.option_strings]
        words = words_of(name, own)
        lines.append(f"'*:argument:({' '.join(words)})'" if words else "'*:file:_files'")
        joined = " \\\n                ".join(lines)
        cases.append(f"        {name})\n            _arguments -S \\\n                {joined} ;;")
    body = "\n".join(cases)
    return f"""#compdef {COMMAND}
_radiomics_rs() {{
    local -a commands
    commands=(
{listed}
    )
    if (( CURRENT == 2 )); then
        _describe 'command' commands
        return
    fi
    shift words
    (( CURRENT-- ))
    case $words[1] in
{body}
    esac
}}
if [ "$funcstack[1]" = "_{COMMAND}" ]; then
    _radiomics_rs "$@"
else
    compdef _radiomics_rs {COMMAND}
fi
"""


def _zsh_text(text: str) -> str:
    """A help without what means something within quotes and brackets."""
    return re.sub(r"[\[\]:'\\]", "", text)


def _zsh_option(action: argparse.Action, text: str) -> str:
    takes = ""
    if action.choices:
        takes = f":value:({' '.join(map(str, action.choices))})"
    elif action.nargs != 0:
        name = _zsh_text(str(action.metavar or action.dest))
        takes = f":{name}:_files"
    return f"'{text}[{_zsh_text(action.help or '')}]{takes}'"


def _fish(parser: argparse.ArgumentParser) -> str:
    commands = commands_of(parser)
    lines = [f"# Completion of {COMMAND} for fish."]
    first = f"complete -c {COMMAND} -f -n __fish_use_subcommand"
    lines += [f"{first} -a {name} -d {_fish_text(said)}" for name, (_, said) in commands.items()]
    lines += [f"{first} -l help -d 'show help'", f"{first} -l version -d 'show the version'"]
    for name, (own, _) in commands.items():
        start = f"complete -c {COMMAND} -n '__fish_seen_subcommand_from {name}'"
        if words_of(name, own):
            lines.append(f"{start} -f -a {_fish_text(' '.join(words_of(name, own)))}")
        for action in options_of(own):
            parts = [
                f"-l {text[2:]}" if text.startswith("--") else f"-s {text[1:]}"
                for text in action.option_strings
            ]
            if action.choices:
                parts.append(f"-x -a {_fish_text(' '.join(map(str, action.choices)))}")
            elif action.nargs != 0:
                parts.append("-r -F")
            lines.append(f"{start} {' '.join(parts)} -d {_fish_text(action.help or '')}")
    return "\n".join(lines) + "\n"


def _fish_text(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"


SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
