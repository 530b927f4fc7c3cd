//! Remembers what a costly step was made from, so that it is not made again from the same files.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::Result;

use crate::workspace::{build, root, target};

/// Folders that are made, not written: they never say that something changed. Nor do hidden ones, which are caches.
const MADE: [&str; 4] = ["node_modules", "target", "dist", "__pycache__"];

/// Files that are made beside their sources.
const MADE_FILES: [&str; 3] = [".so", ".node", ".pyc"];

/// The mark of one product.
pub(crate) struct Stamp {
    name: &'static str,
    sources: Vec<&'static str>,
}

impl Stamp {
    /// The stamp of the product `name`, made from these files and folders of the workspace.
    pub(crate) fn of(name: &'static str, sources: &[&[&'static str]]) -> Self {
        Self { name, sources: sources.concat() }
    }

    /// What was noted when the product was last made, if its sources are still the same.
    pub(crate) fn note(&self) -> Option<String> {
        let text = fs::read_to_string(build().join("stamps").join(self.name)).ok()?;
        let (digest, note) = text.split_once(' ')?;
        (digest == self.digest()).then(|| note.to_owned())
    }

    /// Records that the product was made. Looks at the files again: some products lie beside their sources.
    pub(crate) fn set(&self, note: &str) -> Result<()> {
        let folder = build().join("stamps");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(self.name), format!("{} {note}", self.digest()))?)
    }

    fn digest(&self) -> String {
        let mut hasher = DefaultHasher::new();
        target().hash(&mut hasher);
        for source in &self.sources {
            walk(&root().join(source), &mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }
}

/// Adds path, length and time of each file.
fn walk(path: &Path, hasher: &mut DefaultHasher) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.is_dir() {
        if name.starts_with('.') || MADE.contains(&name.as_ref()) {
            return;
        }
        let mut entries: Vec<_> =
            fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| walk(entry, hasher));
    } else if !MADE_FILES.iter().any(|end| name.ends_with(end)) {
        path.hash(hasher);
        metadata.len().hash(hasher);
        metadata.modified().ok().hash(hasher);
    }
}
