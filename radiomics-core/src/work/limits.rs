//! Memory that the machine has free.

/// Bytes that the process can still take: the least of what the machine has free, what the process's
/// control groups leave and what its limit of address space (`ulimit -v`) leaves. `None` where the system does
/// not say.
#[cfg(target_os = "linux")]
pub fn free_memory() -> Option<u64> {
    let least = [machine(), control_groups(), address_space()].into_iter().flatten().min()?;
    Some(least.saturating_sub(RESERVE))
}

#[cfg(not(target_os = "linux"))]
pub fn free_memory() -> Option<u64> {
    None
}

/// Left for what is small: texts, rows, stacks.
#[cfg(target_os = "linux")]
const RESERVE: u64 = 48 << 20;

#[cfg(target_os = "linux")]
fn machine() -> Option<u64> {
    kilobytes("/proc/meminfo", "MemAvailable:")
}

/// The number after `key` in a file of the kernel, which gives kilobytes there.
#[cfg(target_os = "linux")]
fn kilobytes(path: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(1024 * line.split_whitespace().next()?.parse::<u64>().ok()?)
}

/// What the groups of version 2 leave: the process's own, and those that it is in.
#[cfg(target_os = "linux")]
fn control_groups() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group = std::path::Path::new("/sys/fs/cgroup").join(own);
    let of_file = |path: std::path::PathBuf| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let left = |group: &std::path::Path| {
        let limit = of_file(group.join("memory.max"))?;
        let used = of_file(group.join("memory.current"))?;
        // Files in memory are given up when they are in the way.
        let stat = std::fs::read_to_string(group.join("memory.stat")).ok()?;
        let of_files = stat.lines().find_map(|line| line.strip_prefix("inactive_file "));
        let given_up = of_files.and_then(|bytes| bytes.trim().parse().ok()).unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(given_up)))
    };
    group.ancestors().take_while(|group| group.starts_with("/sys/fs/cgroup")).filter_map(left).min()
}

#[cfg(target_os = "linux")]
fn address_space() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    // `unlimited` is no number.
    let limit: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(limit.saturating_sub(kilobytes("/proc/self/status", "VmSize:")?))
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn this_machine_has_something_free() {
        let free = super::free_memory().expect("Linux says it");
        assert!(free > 1 << 20 && free < 1 << 50, "{free}");
        assert!(super::kilobytes("/proc/self/status", "VmSize:").is_some_and(|bytes| bytes > 1 << 20));
        assert_eq!(super::kilobytes("/proc/meminfo", "NoSuchKey:"), None);
    }
}
