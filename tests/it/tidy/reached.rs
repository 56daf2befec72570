//! Files that no module names: nothing compiles them, so a test in one passes by never being run.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use syn::visit::{self, Visit};

use super::source::files;

/// The files under a folder that are not reached from those of its files that crates begin with.
pub(super) fn unreached(root: &Path, begin: &[&str]) -> Vec<PathBuf> {
    let mut open: Vec<PathBuf> = begin.iter().map(|file| root.join(file)).collect();
    let mut reached = HashSet::new();
    while let Some(file) = open.pop() {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut declared = Declared { beside: file.parent().unwrap(), folder: folder_of(&file), found: Vec::new() };
        declared.visit_file(&syntax);
        open.extend(declared.found);
        reached.insert(file);
    }
    files(root).into_iter().filter(|file| !reached.contains(file)).collect()
}

/// Where the modules lie that a file declares.
fn folder_of(file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap();
    if ["mod", "lib", "main"].iter().any(|name| stem == *name) {
        return file.parent().unwrap().to_owned();
    }
    file.with_extension("")
}

/// The files of the modules that a file declares.
struct Declared<'f> {
    beside: &'f Path,
    folder: PathBuf,
    found: Vec<PathBuf>,
}

impl<'f> Visit<'f> for Declared<'_> {
    fn visit_item_mod(&mut self, module: &'f syn::ItemMod) {
        let name = module.ident.to_string();
        if module.content.is_some() {
            self.folder.push(&name);
            visit::visit_item_mod(self, module);
            self.folder.pop();
            return;
        }
        let mut given = module.attrs.iter().filter(|attribute| attribute.path().is_ident("path"));
        let given = given.find_map(|attribute| {
            let syn::Expr::Lit(text) = &attribute.meta.require_name_value().ok()?.value else { return None };
            let syn::Lit::Str(path) = &text.lit else { return None };
            Some(self.beside.join(path.value()))
        });
        let flat = self.folder.join(format!("{name}.rs"));
        let deep = self.folder.join(&name).join("mod.rs");
        self.found.push(given.unwrap_or(if flat.exists() { flat } else { deep }));
    }
}
