//! The paths that a file names.

use std::path::{Path, PathBuf};

use syn::{
    UseTree,
    visit::{self, Visit},
};

/// One file of `src`.
pub(super) struct Source {
    /// Its path inside `src`, with `/`.
    pub(super) path: String,
    /// Its module path: `["catalog", "model", "listing"]`.
    pub(super) module: Vec<String>,
    /// Every path it names outside its unit tests, as segments; those inside the crate begin with `crate`.
    pub(super) names: Vec<Vec<String>>,
    /// What it re-exports from its own modules, as segments from the crate's root.
    pub(super) exports: Vec<Vec<String>>,
    /// Whether it has an `async fn`.
    pub(super) is_async: bool,
    /// Its length.
    pub(super) lines: usize,
}

/// Every Rust file under `root`, in the order of paths.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Every file under `root`, read.
pub(super) fn sources(root: &Path) -> Vec<Source> {
    let read = |file: PathBuf| {
        let inside = file.strip_prefix(root).unwrap().to_str().unwrap();
        Source::parse(inside, &std::fs::read_to_string(&file).unwrap())
    };
    files(root).into_iter().map(read).collect()
}

impl Source {
    /// Reads the text of the file at `path` inside `src`.
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        let mut reader = Reader {
            module: module.clone(),
            names: Vec::new(),
            exports: Vec::new(),
            children: Vec::new(),
            is_async: false,
        };
        if !is_tests(module.last()) {
            reader.visit_file(&file);
        }
        let Reader { names, exports, is_async, .. } = reader;
        Self { path: path.to_owned(), module, names, exports, is_async, lines: text.lines().count() }
    }
}

struct Reader {
    /// Where we are, with the inline modules.
    module: Vec<String>,
    /// Modules declared here: a path may begin with one of them.
    children: Vec<String>,
    names: Vec<Vec<String>>,
    exports: Vec<Vec<String>>,
    is_async: bool,
}

impl Reader {
    /// `segments` from the crate's root, if they lead into the crate; as they are, if they name another one.
    fn resolve(&self, mut segments: Vec<String>) -> Vec<String> {
        let mut place: Vec<String> = vec!["crate".to_owned()];
        match segments.first().map(String::as_str) {
            Some("crate" | "bfw") => {
                segments.remove(0);
            }
            Some("self" | "super") => {
                place.extend(self.module.iter().cloned());
                while let Some("self" | "super") = segments.first().map(String::as_str) {
                    if segments.remove(0) == "super" && place.len() > 1 {
                        place.pop();
                    }
                }
            }
            Some(first) if self.children.iter().any(|child| child == first) => {
                place.extend(self.module.iter().cloned())
            }
            Some(_) | None => return segments,
        }
        place.extend(segments);
        place
    }

    fn name(&mut self, segments: Vec<String>) {
        let resolved = self.resolve(segments);
        self.names.push(resolved);
    }

    fn flatten(tree: &UseTree, prefix: &[String], out: &mut Vec<Vec<String>>) {
        let with = |last: String| prefix.iter().cloned().chain([last]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => Self::flatten(&path.tree, &with(path.ident.to_string()), out),
            UseTree::Name(name) if name.ident == "self" => out.push(prefix.to_vec()),
            UseTree::Name(name) => out.push(with(name.ident.to_string())),
            UseTree::Rename(rename) if rename.ident == "self" => out.push(prefix.to_vec()),
            UseTree::Rename(rename) => out.push(with(rename.ident.to_string())),
            UseTree::Glob(_) => out.push(with("*".to_owned())),
            UseTree::Group(group) => group.items.iter().for_each(|item| Self::flatten(item, prefix, out)),
        }
    }

    /// The paths in tokens that are not parsed: the arguments of macros and of attributes.
    fn scan(&mut self, tokens: &str) {
        let mut segments: Vec<String> = Vec::new();
        let mut joined = false;
        for word in words(tokens) {
            let is_identifier = word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
            if word == "::" {
                joined = !segments.is_empty();
                continue;
            }
            if !joined {
                self.finish(&mut segments);
            }
            if is_identifier {
                segments.push(word);
            } else {
                self.finish(&mut segments);
            }
            joined = false;
        }
        self.finish(&mut segments);
    }

    fn finish(&mut self, segments: &mut Vec<String>) {
        if segments.len() > 1 {
            self.name(segments.clone());
        }
        segments.clear();
    }
}

/// Identifiers, `::`, and single other characters; literals of text are skipped.
fn words(tokens: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = tokens;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            let end = rest[1..].char_indices().scan(false, |escaped, (at, letter)| {
                let closes = letter == '"' && !*escaped;
                *escaped = letter == '\\' && !*escaped;
                Some((at, closes))
            });
            let end = end.into_iter().find(|&(_, closes)| closes).map_or(rest.len() - 1, |(at, _)| at + 1);
            rest = &rest[end + 1..];
            words.push("\"".to_owned());
            continue;
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            words.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    words
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.children = children(&file.items);
        visit::visit_file(self, file);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let Some((_, items)) = &item.content else { return };
        if is_tests(Some(&item.ident.to_string())) {
            return;
        }
        self.module.push(item.ident.to_string());
        let outside = std::mem::replace(&mut self.children, children(items));
        visit::visit_item_mod(self, item);
        self.children = outside;
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut paths = Vec::new();
        Self::flatten(&item.tree, &[], &mut paths);
        for path in paths {
            let resolved = self.resolve(path);
            if !matches!(item.vis, syn::Visibility::Inherited) {
                self.exports.push(resolved.clone());
            }
            self.names.push(resolved);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.name(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.scan(&invocation.tokens.to_string());
        visit::visit_macro(self, invocation);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.scan(&list.tokens.to_string());
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.is_async |= signature.asyncness.is_some();
        visit::visit_signature(self, signature);
    }
}

/// Unit tests may read files and clocks; what they test may not.
fn is_tests(module: Option<&String>) -> bool {
    module.is_some_and(|name| name == "tests" || name.ends_with("_tests"))
}

fn children(items: &[syn::Item]) -> Vec<String> {
    let name = |item: &syn::Item| if let syn::Item::Mod(item) = item { Some(item.ident.to_string()) } else { None };
    items.iter().filter_map(name).collect()
}

#[test]
fn tokens_of_macros_are_read_for_paths_but_not_their_texts() {
    let source = Source::parse("a.rs", r#"fn f() { g!(a, "b::c \" d::e", crate :: x :: Y, z::<W>()) }"#);

    assert_eq!(source.names, [vec!["crate", "x", "Y"]]);
}
