//! The numbers that settings may be.

use std::fmt;

/// The numbers between two ends. As text a bound follows a noun: "a number" + " above 0".
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bound {
    low: f64,
    /// Whether the lower end is one of the numbers; the upper end always is.
    with_low: bool,
    high: f64,
    /// Whether the type of the setting leaves whole numbers only.
    whole: bool,
}

impl Bound {
    /// All finite numbers.
    pub const ANY: Self = Self::above(f64::NEG_INFINITY);

    /// The finite numbers greater than `low`.
    pub const fn above(low: f64) -> Self {
        Self { low, with_low: false, high: f64::INFINITY, whole: false }
    }

    /// The finite numbers from `low` on.
    pub const fn from(low: f64) -> Self {
        Self { low, with_low: true, high: f64::INFINITY, whole: false }
    }

    /// The numbers of this bound that are not above `high`.
    pub const fn to(self, high: f64) -> Self {
        Self { high, ..self }
    }

    /// The whole numbers from `low` to `high`.
    pub const fn whole(low: u32, high: u32) -> Self {
        Self { whole: true, ..Self::from(low as f64).to(high as f64) }
    }

    pub fn holds(self, number: f64) -> bool {
        let begins = number > self.low || (self.with_low && number == self.low);
        number.is_finite() && begins && number <= self.high
    }

    /// What a number must be, for a message about one that the bound does not hold.
    pub fn remedy(self) -> String {
        let kind = match (self.whole, self.high.is_finite()) {
            (true, _) => "whole ",
            (false, true) => "",
            (false, false) => "finite ",
        };
        format!("it must be a {kind}number{self}")
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high, .. } = self;
        match (self.with_low, high.is_finite()) {
            (true, true) => write!(f, " from {low} to {high}"),
            (true, false) => write!(f, ", {low} or more"),
            (false, true) => write!(f, " above {low} and at most {high}"),
            (false, false) if low.is_finite() => write!(f, " above {low}"),
            (false, false) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_what_holds() {
        let cases = [
            (Bound::ANY, "", vec![-1e300, 0.0], vec![f64::NAN, f64::INFINITY]),
            (Bound::above(0.0), " above 0", vec![1e-9], vec![0.0, -1.0, f64::INFINITY, f64::NAN]),
            (Bound::from(0.0), ", 0 or more", vec![0.0, -0.0, 3.0], vec![-1e-9, f64::NAN]),
            (Bound::whole(1, 64), " from 1 to 64", vec![1.0, 64.0], vec![0.0, 65.0]),
            (Bound::above(0.0).to(1.0), " above 0 and at most 1", vec![0.5, 1.0], vec![0.0, 1.1]),
        ];
        for (bound, text, inside, outside) in cases {
            assert_eq!(bound.to_string(), text);
            assert!(inside.into_iter().all(|number| bound.holds(number)), "{bound:?}");
            assert!(!outside.into_iter().any(|number| bound.holds(number)), "{bound:?}");
        }
        assert_eq!(Bound::above(0.0).remedy(), "it must be a finite number above 0");
        assert_eq!(Bound::whole(1, 64).remedy(), "it must be a whole number from 1 to 64");
    }
}
