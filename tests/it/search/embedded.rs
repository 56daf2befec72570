//! What only an engine with files of its own must do.

use bfw::search::{
    embedded::EmbeddedIndex,
    index::{IndexError, RebuildReason, SearchIndex as _},
    model::SearchDocument,
};
use chrono::{DateTime, TimeDelta};

use super::{
    contract::one_of_each,
    documents::{listings, neutral},
    engines::request,
};

struct Trial {
    index: EmbeddedIndex,
    folder: tempfile::TempDir,
}

impl Trial {
    async fn with(documents: Vec<SearchDocument>) -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let (index, reason) = EmbeddedIndex::open(folder.path(), DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(reason, Some(RebuildReason::Missing));
        let mut rebuild = index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
        rebuild.feed(documents).await.unwrap();
        rebuild.finish().await.unwrap();
        Trial { index, folder }
    }

    async fn total(&self) -> u64 {
        self.index.search(request("")).await.unwrap().total
    }

    async fn reopen(&self) -> (EmbeddedIndex, Option<RebuildReason>) {
        EmbeddedIndex::open(self.folder.path(), DateTime::UNIX_EPOCH).await.unwrap()
    }
}

#[tokio::test]
async fn an_index_is_found_again_after_a_restart() {
    let trial = Trial::with(neutral(one_of_each())).await;
    let (again, reason) = trial.reopen().await;
    assert_eq!(reason, None);
    assert_eq!(again.search(request("karité")).await.unwrap().hits.len(), 2);
}

#[tokio::test]
async fn a_damaged_index_is_noticed_and_replaced_by_an_empty_one() {
    type Damage = fn(&std::path::Path);
    let damages: [(&str, Damage); 4] = [
        ("a flipped byte", |file| {
            let mut content = std::fs::read(file).unwrap();
            let middle = content.len() / 2;
            content[middle] ^= 0xFF;
            std::fs::write(file, content).unwrap();
        }),
        ("a file cut short", |file| std::fs::write(file, b"").unwrap()),
        ("a file lost", |file| std::fs::remove_file(file).unwrap()),
        ("a lost description", |file| {
            std::fs::write(file.parent().unwrap().join("meta.json"), b"{\"segments\":").unwrap();
        }),
    ];
    for (name, damage) in damages {
        let trial = Trial::with(neutral(one_of_each())).await;
        let shelf = trial.folder.path().join("generation-000001/listings");
        let is_terms = |path: &std::path::PathBuf| path.extension().is_some_and(|kind| kind == "term");
        let file = std::fs::read_dir(shelf).unwrap().map(|entry| entry.unwrap().path()).find(is_terms).unwrap();
        damage(&file);
        let (again, reason) = trial.reopen().await;
        assert!(matches!(reason, Some(RebuildReason::Damaged(_))), "{name}: {reason:?}");
        assert_eq!(again.search(request("")).await.unwrap().total, 0, "{name}");
    }
}

#[tokio::test]
async fn a_start_that_ends_before_its_rebuild_leaves_the_next_one_to_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("search");
    for _ in 0..2 {
        let (index, reason) = EmbeddedIndex::open(&root, DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(reason, Some(RebuildReason::Missing));
        assert_eq!(index.search(request("")).await.unwrap().total, 0);
        let mut rebuild = index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
        rebuild.feed(neutral(one_of_each())).await.unwrap();
    }
    let (index, _) = EmbeddedIndex::open(&root, DateTime::UNIX_EPOCH).await.unwrap();
    let mut rebuild = index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
    rebuild.feed(neutral(one_of_each())).await.unwrap();
    rebuild.finish().await.unwrap();
    assert_eq!(index.search(request("")).await.unwrap().total, 8);

    std::fs::write(root.join("CURRENT"), "\u{0}\u{0}garbage").unwrap();
    for _ in 0..2 {
        let (_, reason) = EmbeddedIndex::open(&root, DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(reason, Some(RebuildReason::Damaged("CURRENT names no generation".into())));
    }
}

#[tokio::test]
async fn a_file_in_the_place_of_the_folder_is_said_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("search");
    std::fs::write(&root, "mine").unwrap();
    let (index, _) = EmbeddedIndex::open(&root, DateTime::UNIX_EPOCH).await.unwrap();
    let refused = index.begin_rebuild(DateTime::UNIX_EPOCH).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, IndexError::Unavailable(cause) if cause.to_string().contains(root.to_str().unwrap())));
    assert_eq!(std::fs::read_to_string(&root).unwrap(), "mine");
}

#[tokio::test]
async fn an_index_of_another_definition_is_noticed() {
    let trial = Trial::with(neutral(one_of_each())).await;
    let manifest = trial.folder.path().join("generation-000001/manifest.json");
    let other = std::fs::read_to_string(&manifest).unwrap().replacen("\"definition\": \"", "\"definition\": \"0", 1);
    std::fs::write(&manifest, other).unwrap();
    assert_eq!(trial.reopen().await.1, Some(RebuildReason::Incompatible));
}

#[tokio::test]
async fn an_index_rebuilt_by_another_process_is_taken_over() {
    let trial = Trial::with(neutral(one_of_each())).await;
    let (other, _) = trial.reopen().await;
    let began_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(5);
    let mut rebuild = other.begin_rebuild(began_at).await.unwrap();
    rebuild.feed(neutral(listings(1, 50))).await.unwrap();
    rebuild.finish().await.unwrap();

    assert_eq!(trial.total().await, 8, "not looked at yet");
    let replaced = trial.index.refresh().await.unwrap().unwrap();
    assert_eq!(replaced.rebuild_began_at, began_at);
    assert_eq!(trial.total().await, 50);
    assert_eq!(trial.index.refresh().await.unwrap(), None);
}
