//! Instants of RFC 3339 in UTC, in one spelling: `2026-01-31T23:59:59Z`, with one to nine digits of a fraction
//! where there is one. Leap seconds have no Unix time and are refused.

/// A point in time, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// The instant of whole Unix seconds.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0 }
    }

    /// The whole Unix seconds of the instant, without its fraction.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The instant that the text names, or `None` where it is not in the one spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.strip_suffix('Z')?.as_bytes();
        let (date_time, fraction) = bytes.split_at_checked(19)?;
        let digits = |range: std::ops::Range<usize>| {
            date_time[range].iter().try_fold(0_i64, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
            })
        };
        if [4, 7, 10, 13, 16].map(|at| date_time[at]) != *b"--T::" {
            return None;
        }
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let nanoseconds = match fraction {
            [] => 0,
            [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
                let mut nanoseconds = 0;
                for place in 0..9 {
                    let digit = digits.get(place).copied().unwrap_or(b'0');
                    nanoseconds = nanoseconds * 10 + u32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
                }
                nanoseconds
            }
            _ => return None,
        };
        let seconds = ((days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
        Some(Self { seconds, nanoseconds })
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the date in the Gregorian calendar.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|month| days_in(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn known_instants() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
            ("2026-11-20T00:00:00Z", 1_795_132_800),
            ("2038-01-19T03:14:08Z", 1 << 31),
            ("1969-12-31T23:59:59Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(Instant::parse(text), Some(Instant::from_unix(seconds)), "{text}");
        }
        assert!(Instant::parse("1970-01-01T00:00:00.000000001Z") > Some(Instant::from_unix(0)));
        assert_eq!(Instant::parse("1970-01-01T00:00:07.9Z").map(Instant::unix_seconds), Some(7));
        assert_eq!(Instant::parse("1970-01-01T00:00:00.5Z"), Instant::parse("1970-01-01T00:00:00.500Z"));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "Z",
            "2026-11-20",
            "2026-11-20T00:00:00",
            "2026-11-20T00:00:00z",
            "2026-11-20t00:00:00Z",
            "2026-11-20 00:00:00Z",
            "2026-11-20T00:00:00+00:00",
            "2026-11-20T00:00:60Z",
            "2026-11-20T24:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-20T00:00:00.Z",
            "2026-11-20T00:00:00.1234567890Z",
            "2026-11-20T00:00:00.x Z",
            "+026-11-20T00:00:00Z",
            "2026-1-20T00:00:00ZZ",
            "２026-11-20T00:00:00Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
