//! The limits of the reader, as an options object of the door.

/// `{"max_bytes":…,"max_depth":…}` with the members that are given; empty where none is.
pub(crate) fn options(max_bytes: Option<u64>, max_depth: Option<u64>) -> String {
    let given: Vec<String> = [("max_bytes", max_bytes), ("max_depth", max_depth)]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!(r#""{name}":{value}"#)))
        .collect();
    if given.is_empty() { String::new() } else { format!("{{{}}}", given.join(",")) }
}

/// `{"threshold":n}`, or empty where none is given.
pub(crate) fn threshold(threshold: Option<u64>) -> String {
    threshold.map(|n| format!(r#"{{"threshold":{n}}}"#)).unwrap_or_default()
}
