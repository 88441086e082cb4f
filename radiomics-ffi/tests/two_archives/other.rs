//! A static library of somebody else's.
#![crate_type = "staticlib"]

/// Panics, catches that, and returns 7.
#[unsafe(no_mangle)]
pub extern "C" fn other_catches() -> i32 {
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(|| {
        let numbers: Vec<i32> = std::env::args().map(|argument| argument.len() as i32).collect();
        numbers[1000]
    });
    if caught.is_err() { 7 } else { 0 }
}
