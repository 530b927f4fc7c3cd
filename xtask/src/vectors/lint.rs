//! The rules that a schema cannot say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};

use super::file::{self, Case, Operation, VectorFile};
use super::manifest;

/// What the lint found.
pub(super) struct Faults {
    pub(super) list: Vec<String>,
    pub(super) files: usize,
    pub(super) cases: usize,
}

/// The tables that cases refer to.
struct Tables {
    operations: BTreeMap<String, Operation>,
    codes: BTreeSet<String>,
    exceptions: Exceptions,
}

/// `exceptions.json`: codes and operations that no vector can reach, each with the reason.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    codes: BTreeMap<String, String>,
    operations: BTreeMap<String, String>,
}

/// Every fault of the vectors below `root`.
pub(super) fn faults(root: &Path) -> Result<Faults> {
    let files = file::all(root)?;
    let tables = Tables {
        operations: file::read::<Vec<Operation>>(&root.join("operations.json"))?
            .into_iter()
            .map(|operation| (operation.name.clone(), operation))
            .collect(),
        codes: file::read::<Vec<Map<String, Value>>>(&root.join("codes.json"))?
            .iter()
            .filter_map(|row| row["name"].as_str().map(str::to_owned))
            .collect(),
        exceptions: file::read(&root.join("exceptions.json"))?,
    };
    let cases: Vec<&Case> = files.iter().flat_map(|(_, file)| &file.cases).collect();
    let mut list = Vec::new();
    tables.check_operations(&mut list);
    for (path, file) in &files {
        tables.check_file(path, file, &mut list);
    }
    check_ids(&cases, &mut list);
    check_contradictions(&cases, &mut list);
    tables.check_coverage(&cases, &mut list);
    let manifest = manifest::read(root)?;
    if manifest != manifest::of(&files, Some(&manifest)) {
        list.push("manifest.json is out of date, run `cargo xtask vectors manifest`".to_owned());
    }
    Ok(Faults { list, files: files.len(), cases: cases.len() })
}

impl Tables {
    fn check_operations(&self, list: &mut Vec<String>) {
        for operation in self.operations.values() {
            if operation.summary.is_empty() {
                list.push(format!("operations.json: {} has no summary", operation.name));
            }
            for kind in operation.args.values().chain(operation.ok.values()) {
                if !["binary", "bytes", "text", "integer", "key", "keys", "options"]
                    .contains(&kind.trim_end_matches('?'))
                {
                    list.push(format!("operations.json: {} has the unknown kind {kind}", operation.name));
                }
            }
        }
    }

    fn check_file(&self, path: &str, file: &VectorFile, list: &mut Vec<String>) {
        let mut fault = |text: String| list.push(format!("{path}: {text}"));
        if file.schema != "../../schema/vectors.schema.json" {
            fault("schema is not ../../schema/vectors.schema.json".to_owned());
        }
        if path.split('/').nth(1) != Some(&*file.noun) {
            fault(format!("lies in the folder of another noun than {}", file.noun));
        }
        if file.checked_by.is_empty() || file.cases.is_empty() {
            fault("says nobody who checked it, or has no case".to_owned());
        }
        let used: BTreeSet<&String> = file.cases.iter().flat_map(|case| &case.flags).collect();
        for flag in used.iter().filter(|flag| !file.notes.contains_key(**flag)) {
            fault(format!("the flag {flag} is not explained"));
        }
        for flag in file.notes.keys().filter(|flag| !used.contains(flag)) {
            fault(format!("the flag {flag} is explained and not used"));
        }
        for case in &file.cases {
            for text in self.case_faults(case, &file.noun) {
                fault(format!("{}: {text}", case.id));
            }
        }
    }

    fn case_faults(&self, case: &Case, noun: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if file::id_parts(&case.id).is_none_or(|(prefix, number)| prefix != noun || number == 0) {
            faults.push(format!("the id is not {noun}-NNNN"));
        }
        if case.comment.is_empty() || case.flags.is_empty() {
            faults.push("no comment, or no flag".to_owned());
        }
        if case.flags.iter().collect::<BTreeSet<_>>().len() != case.flags.len() {
            faults.push("a flag stands twice".to_owned());
        }
        match (&case.expected, &case.code) {
            (Some(_), None) if case.detail.is_none() => {}
            (None, Some(code)) if self.codes.contains(code) => {}
            (None, Some(code)) => faults.push(format!("codes.json has no {code}")),
            _ => faults.push("needs either expected, or code and perhaps detail".to_owned()),
        }
        let Some(operation) = self.operations.get(&case.op) else {
            faults.push(format!("operations.json has no {}", case.op));
            return faults;
        };
        spelled("args", &case.args, &operation.args, true, &mut faults);
        if let Some(expected) = &case.expected {
            spelled("expected", expected, &operation.ok, false, &mut faults);
        }
        faults
    }

    /// Each operation has valid and invalid cases, and each code a case, or there is a reason why not.
    fn check_coverage(&self, cases: &[&Case], list: &mut Vec<String>) {
        for name in self.operations.keys() {
            let of =
                |valid: bool| cases.iter().any(|case| case.op == *name && case.expected.is_some() == valid);
            let (covered, excepted) = (of(true) && of(false), self.exceptions.operations.contains_key(name));
            match (covered, excepted) {
                (false, false) => list.push(format!("{name} has no valid case or no invalid one")),
                (true, true) => list.push(format!("exceptions.json: {name} is no exception any more")),
                _ => {}
            }
        }
        // A code also counts where it is the named cause of another.
        let cause = |case: &&Case| case.detail.as_ref()?.get("cause")?.as_str().map(str::to_owned);
        let seen: BTreeSet<String> =
            cases.iter().filter_map(|case| case.code.clone()).chain(cases.iter().filter_map(cause)).collect();
        for code in &self.codes {
            match (seen.contains(code), self.exceptions.codes.contains_key(code)) {
                (false, false) => list.push(format!("no case has the code {code}")),
                (true, true) => list.push(format!("exceptions.json: {code} is no exception any more")),
                _ => {}
            }
        }
        let (codes, operations) = (&self.exceptions.codes, &self.exceptions.operations);
        for (name, _) in codes.iter().filter(|(name, _)| !self.codes.contains(*name)) {
            list.push(format!("exceptions.json: codes.json has no {name}"));
        }
        for (name, _) in operations.iter().filter(|(name, _)| !self.operations.contains_key(*name)) {
            list.push(format!("exceptions.json: operations.json has no {name}"));
        }
        for (name, _) in codes.iter().chain(operations).filter(|(_, reason)| reason.is_empty()) {
            list.push(format!("exceptions.json: {name} has no reason"));
        }
    }
}

/// Every member is one of the operation in the spelling of its kind, and none that is required is missing.
fn spelled(
    place: &str,
    members: &Map<String, Value>,
    kinds: &BTreeMap<String, String>,
    is_request: bool,
    faults: &mut Vec<String>,
) {
    let mut left: BTreeSet<&str> = members.keys().map(String::as_str).collect();
    for (name, kind) in kinds {
        let (kind, optional) = kind.strip_suffix('?').map_or((kind.as_str(), false), |kind| (kind, true));
        let (utf8, b64u) = (format!("{name}_utf8"), format!("{name}_b64u"));
        let found: Vec<(&str, &Value)> = [name.as_str(), utf8.as_str(), b64u.as_str()]
            .into_iter()
            .filter_map(|name| Some((name, members.get(name)?)))
            .collect();
        let [(spelling, value)] = found[..] else {
            if !(found.is_empty() && optional) {
                faults.push(format!("{place} does not have exactly one {name}"));
            }
            continue;
        };
        left.remove(spelling);
        let good = match kind {
            "bytes" => value.is_string() && (spelling == utf8 || (spelling == b64u && is_request)),
            "text" => value.is_string() && spelling == name,
            "integer" => (value.is_i64() || value.is_u64()) && spelling == name,
            "binary" => value.is_string() && spelling == b64u && !is_request,
            "options" => value.is_object() && spelling == name,
            "key" => is_key(value),
            _ => value.as_array().is_some_and(|keys| keys.iter().all(is_key)),
        };
        if !good {
            faults.push(format!("{place}: {spelling} is not spelled as {kind}"));
        }
    }
    for name in left {
        faults.push(format!("{place}: {name} is not a member of the operation"));
    }
}

/// The forms of a key, each with its members and the one that it may have.
const KEY_FORMS: [(&[&str], &str); 7] = [
    (&["jwk"], "algorithm"),
    (&["pem"], "algorithm"),
    (&["der"], "algorithm"),
    (&["encrypted_pem", "password"], "algorithm"),
    (&["alg", "hex"], ""),
    (&["alg", "symmetric"], "kid"),
    (&["symmetric_jwk"], ""),
];

fn is_key(value: &Value) -> bool {
    let Some(members) = value.as_object() else { return false };
    // `alg`, `algorithm`, `hex` and `kid` are plain, all other members are bytes.
    let plain = |name: &str| ["alg", "algorithm", "hex", "kid"].contains(&name);
    let bare = |name: &str| name.strip_suffix("_utf8").or(name.strip_suffix("_b64u")).map(str::to_owned);
    let names: Option<BTreeSet<String>> =
        members.keys().map(|name| if plain(name) { Some(name.clone()) } else { bare(name) }).collect();
    let Some(names) = names.filter(|names| names.len() == members.len()) else { return false };
    members.values().all(Value::is_string)
        && KEY_FORMS.iter().any(|(required, optional)| {
            required.iter().all(|name| names.contains(*name))
                && names.iter().all(|name| required.contains(&name.as_str()) || name == optional)
        })
}

fn check_ids(cases: &[&Case], list: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    for case in cases {
        if !ids.insert(&case.id) {
            list.push(format!("{} stands twice", case.id));
        }
    }
}

/// Two cases that ask the same must not stand there, and least of all with different outcomes.
fn check_contradictions(cases: &[&Case], list: &mut Vec<String>) {
    let mut first: HashMap<String, &Case> = HashMap::new();
    for case in cases {
        let asked = format!("{} {}", case.op, Value::Object(case.args.clone()));
        if let Some(other) = first.insert(asked, case) {
            let same = (&other.expected, &other.code) == (&case.expected, &case.code);
            let relation = if same { "says the same as" } else { "contradicts" };
            list.push(format!("{} {relation} {}", case.id, other.id));
        }
    }
}

#[cfg(test)]
mod tests;
