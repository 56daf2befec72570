//! What every engine must do, tried on the embedded one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bfw::search::embedded::EmbeddedIndex;
use bfw::search::index::{Change, IndexError, RebuildReason, SearchIndex};
use bfw::search::model::{
    Collection, KeywordField, Language, ListingDocument, ParsedQuery, SearchDocument, SearchRequest, SearchResult,
    Sort, SuggestionKind, Text, Window,
};
use chrono::{DateTime, TimeDelta};
use uuid::Uuid;

use super::documents::{listings, named, neutral, organization, plain_listing};

pub(super) struct Trial {
    pub(super) index: EmbeddedIndex,
    pub(super) folder: tempfile::TempDir,
}

impl Trial {
    pub(super) async fn empty() -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let (index, reason) = EmbeddedIndex::open(folder.path(), DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(reason, Some(RebuildReason::Missing));
        index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap().finish().await.unwrap();
        Trial { index, folder }
    }

    pub(super) async fn with(documents: impl IntoIterator<Item = ListingDocument>) -> Trial {
        let trial = Trial::empty().await;
        trial.put(neutral(documents)).await;
        trial
    }

    pub(super) async fn put(&self, documents: Vec<SearchDocument>) {
        let changes = documents.into_iter().map(|document| Change::Put(Box::new(document))).collect();
        self.index.apply(changes).await.unwrap();
    }

    pub(super) async fn search(&self, query: &str) -> SearchResult {
        self.index.search(request(query)).await.unwrap()
    }

    pub(super) async fn numbers(&self, query: &str) -> Vec<u128> {
        numbers(&self.search(query).await)
    }

    async fn reopen(&self) -> (EmbeddedIndex, Option<RebuildReason>) {
        EmbeddedIndex::open(self.folder.path(), DateTime::UNIX_EPOCH).await.unwrap()
    }
}

pub(super) fn request(query: &str) -> SearchRequest {
    SearchRequest {
        collection: Collection::Listings,
        query: ParsedQuery::parse(query).unwrap(),
        conditions: Vec::new(),
        sort: Sort::Relevance,
        window: Window::new(0, 100).unwrap(),
        facets: Vec::new(),
        highlight: true,
        origin: None,
    }
}

pub(super) fn numbers(result: &SearchResult) -> Vec<u128> {
    result.hits.iter().map(|hit| hit.id.as_u128()).collect()
}

/// One listing of each product, numbered from 1, in Bamako.
fn one_of_each() -> Vec<ListingDocument> {
    (0..8).map(|product| plain_listing(product as u128 + 1, product, 0)).collect()
}

#[tokio::test]
async fn a_product_is_found_by_every_name_and_spelling_of_it() {
    let trial = Trial::with(one_of_each()).await;
    for (query, expected) in [
        ("beurre", 1),
        ("situlu", 1),
        ("sitoulou", 1),
        ("shea butter", 1),
        ("beure de karite", 1),
        ("sesame", 5),
        ("bene", 5),
        ("bɛnɛ", 5),
        ("echalotte", 4),
        ("échalottes", 4),
        ("fini", 6),
        ("malo", 7),
        ("sumbala", 8),
        ("soumbala", 8),
        ("sunbara", 8),
        ("oignons", 3),
        ("onoin", 3),
        ("oig", 3),
    ] {
        assert_eq!(trial.numbers(query).await.first(), Some(&expected), "{query}");
    }
}

#[tokio::test]
async fn fonio_is_not_swamped_by_what_is_finished() {
    let mut documents = vec![plain_listing(1, 5, 0)];
    for number in 2..40 {
        let mut listing = plain_listing(number, 2, 0);
        listing.title = Text::new(Language::Fr, "Oignon, produit fini");
        listing.description = Some(Text::new(Language::Fr, "Finition fine, fini, finement fini"));
        documents.push(listing);
    }
    let trial = Trial::with(documents).await;
    assert_eq!(trial.numbers("fini").await.first(), Some(&1));
    assert_eq!(trial.numbers("fíni").await.first(), Some(&1));
}

#[tokio::test]
async fn results_with_every_word_come_before_results_with_some() {
    let trial = Trial::with([plain_listing(1, 2, 0), plain_listing(2, 2, 1), plain_listing(3, 6, 1)]).await;
    assert_eq!(trial.numbers("oignon Ségou").await, [2, 1, 3]);
    assert_eq!(trial.numbers("segou oignon").await, [2, 1, 3]);
}

#[tokio::test]
async fn where_many_results_have_every_word_the_others_are_left_out() {
    let mut documents: Vec<_> = (1..=30).map(|number| plain_listing(number, 2, 1)).collect();
    documents.extend((31..=60).map(|number| plain_listing(number, 6, 1)));
    let trial = Trial::with(documents).await;
    assert_eq!(trial.search("oignon Ségou").await.total, 30);
}

#[tokio::test]
async fn a_quoted_phrase_must_stand_as_it_is() {
    let mut one = plain_listing(1, 6, 0);
    one.description = Some(Text::new(Language::Fr, "Riz étuvé à la main par les femmes"));
    let mut other = plain_listing(2, 6, 0);
    other.description = Some(Text::new(Language::Fr, "Riz, étuvé ou paddy"));
    let trial = Trial::with([one, other]).await;
    assert_eq!(trial.numbers("\"etuve a la main\"").await, [1]);
    assert_eq!(trial.numbers("riz \"étuvé\"").await, [2, 1]);
    assert_eq!(trial.numbers("\"main la\"").await, Vec::<u128>::new());
    assert_eq!(trial.numbers("\"inconnu\"").await, Vec::<u128>::new());
}

#[tokio::test]
async fn words_written_apart_and_together_find_each_other() {
    let mut together = plain_listing(1, 2, 0);
    together.product = named("dried-fish", &[(Language::Bm, "jɛ́gɛjalan")]);
    together.title.text = "Poisson".into();
    let mut apart = plain_listing(2, 2, 0);
    apart.product = named("large-onion", &[(Language::Bm, "tùbabu jaba")]);
    apart.title.text = "Gros".into();
    let trial = Trial::with([together, apart]).await;
    assert_eq!(trial.numbers("jege jalan").await.first(), Some(&1));
    assert_eq!(trial.numbers("tubabujaba").await.first(), Some(&2));
}

#[tokio::test]
async fn what_was_found_is_marked_and_nothing_else_is_markup() {
    let mut listing = plain_listing(1, 0, 0);
    listing.title.text = "<b>Beurre</b> de karité".into();
    let trial = Trial::with([listing]).await;
    let result = trial.search("karite").await;
    let title = result.hits[0].highlights.iter().find(|highlight| highlight.field.name() == "title").unwrap();
    assert_eq!(title.html, "&lt;b&gt;Beurre&lt;/b&gt; de <mark>karité</mark>");
}

#[tokio::test]
async fn a_query_of_signs_shows_everything_newest_first() {
    let trial = Trial::with(one_of_each()).await;
    for query in ["", "  ", "🌾", "\u{0}", "\u{202E}!?"] {
        let result = trial.search(query).await;
        assert_eq!(result.total, 8, "{query:?}");
        assert_eq!(result.hits[0].id, Uuid::from_u128(8), "{query:?}");
    }
}

#[tokio::test]
async fn a_change_and_a_removal_are_seen_at_once() {
    let trial = Trial::with(one_of_each()).await;
    let mut changed = plain_listing(3, 2, 0);
    changed.title.text = "Gros lot violet".into();
    trial.put(neutral([changed])).await;
    assert_eq!(trial.numbers("violet").await, [3]);
    assert_eq!(trial.search("").await.total, 8);

    let removal = Change::Remove(Collection::Listings, Uuid::from_u128(3));
    trial.index.apply(vec![removal]).await.unwrap();
    assert_eq!(trial.numbers("violet").await, Vec::<u128>::new());
    assert_eq!(trial.search("").await.total, 7);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    let trial = Trial::with(listings(7, 230)).await;
    for sort in [Sort::Relevance, Sort::Newest, Sort::PricePerKilogramAsc, Sort::PricePerKilogramDesc] {
        let all = trial
            .index
            .search(SearchRequest { window: Window::new(0, 1_000).unwrap(), sort, ..request("riz") })
            .await
            .unwrap();
        let mut paged = Vec::new();
        for offset in (0..all.total).step_by(7) {
            let window = Window::new(usize::try_from(offset).unwrap(), 7).unwrap();
            paged.extend(numbers(&trial.index.search(SearchRequest { window, sort, ..request("riz") }).await.unwrap()));
        }
        assert!(all.total > 20, "{sort:?}");
        assert_eq!(paged, numbers(&all), "{sort:?}");
    }
}

#[tokio::test]
async fn organizations_are_found_by_name_place_and_product() {
    let trial = Trial::empty().await;
    let mut benkadi = organization(1, "Coopérative Benkadi des femmes de Ségou", 1);
    benkadi.products = vec![named("shea-butter", &[(Language::Bm, "Sìtulu")])];
    let other = organization(2, "Sahel Transformation", 0);
    trial.put(vec![benkadi.into(), other.into()]).await;
    let search = |query: &str| {
        let request = SearchRequest { collection: Collection::Organizations, ..request(query) };
        async { numbers(&trial.index.search(request).await.unwrap()) }
    };
    assert_eq!(search("benkady").await, [1]);
    assert_eq!(search("segou").await, [1]);
    assert_eq!(search("situlu").await, [1]);
    assert_eq!(search("sahel").await, [2]);
    assert_eq!(trial.search("").await.total, 0, "organizations are no listings");
}

#[tokio::test]
async fn suggestions_complete_products_organizations_and_titles() {
    let trial = Trial::with(one_of_each()).await;
    trial.put(vec![organization(99, "Karidja et sœurs", 0).into()]).await;
    let suggestions = trial.index.suggest("kari", 10).await.unwrap();
    let texts: Vec<_> = suggestions.iter().map(|suggestion| (suggestion.kind, suggestion.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            (SuggestionKind::Product, "Amande de karité"),
            (SuggestionKind::Product, "Beurre de karité"),
            (SuggestionKind::Organization, "Karidja et sœurs"),
        ]
    );
    assert_eq!(trial.index.suggest("beurre de k", 10).await.unwrap()[0].text, "Beurre de karité");
    assert_eq!(trial.index.suggest("  ", 10).await.unwrap(), []);
    assert_eq!(trial.index.suggest("kari", 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_index_is_found_again_after_a_restart() {
    let trial = Trial::with(one_of_each()).await;
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
        let trial = Trial::with(one_of_each()).await;
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
    let trial = Trial::with(one_of_each()).await;
    let manifest = trial.folder.path().join("generation-000001/manifest.json");
    let other = std::fs::read_to_string(&manifest).unwrap().replacen("\"definition\": \"", "\"definition\": \"0", 1);
    std::fs::write(&manifest, other).unwrap();
    assert_eq!(trial.reopen().await.1, Some(RebuildReason::Incompatible));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_go_on_while_the_index_is_rebuilt() {
    let trial = Trial::with(one_of_each()).await;
    let done = Arc::new(AtomicBool::new(false));
    let searching = {
        let (index, done) = (trial.index.clone(), done.clone());
        tokio::spawn(async move {
            let mut searches = 0;
            while !done.load(Ordering::Relaxed) {
                let total = index.search(request("")).await.unwrap().total;
                assert!(total == 8 || total == 300, "{total} results");
                searches += 1;
            }
            searches
        })
    };
    for _ in 0..3 {
        let mut rebuild = trial.index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
        for batch in neutral(listings(1, 300)).chunks(100) {
            rebuild.feed(batch.to_vec()).await.unwrap();
        }
        rebuild.finish().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    assert!(searching.await.unwrap() > 3);
    assert_eq!(trial.search("").await.total, 300);
    trial.put(neutral([plain_listing(1_000, 2, 0)])).await;
    assert_eq!(trial.search("").await.total, 301, "changes go to the new index");
    let generations = std::fs::read_dir(trial.folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("generation-"))
        .count();
    assert_eq!(generations, 2, "the current one and the one before");
}

#[tokio::test]
async fn a_rebuild_that_is_given_up_changes_nothing() {
    let trial = Trial::with(one_of_each()).await;
    let mut rebuild = trial.index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
    rebuild.feed(neutral(listings(1, 50))).await.unwrap();
    let second = trial.index.begin_rebuild(DateTime::UNIX_EPOCH).await;
    assert!(matches!(second.map(|_| ()), Err(IndexError::RebuildRunning)));
    drop(rebuild);
    assert_eq!(trial.search("").await.total, 8);
    trial.index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn an_index_rebuilt_by_another_process_is_taken_over() {
    let trial = Trial::with(one_of_each()).await;
    let (other, _) = trial.reopen().await;
    let began_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(5);
    let mut rebuild = other.begin_rebuild(began_at).await.unwrap();
    rebuild.feed(neutral(listings(1, 50))).await.unwrap();
    rebuild.finish().await.unwrap();

    assert_eq!(trial.search("").await.total, 8, "not looked at yet");
    let replaced = trial.index.refresh().await.unwrap().unwrap();
    assert_eq!(replaced.rebuild_began_at, began_at);
    assert_eq!(trial.search("").await.total, 50);
    assert_eq!(trial.index.refresh().await.unwrap(), None);
}

#[tokio::test]
async fn a_field_without_values_has_no_counts() {
    let trial = Trial::with(one_of_each()).await;
    let facets = vec![KeywordField::Season, KeywordField::Product];
    let result = trial.index.search(SearchRequest { facets, ..request("") }).await.unwrap();
    assert_eq!(result.facets[0].values, []);
    assert_eq!(result.facets[1].values.len(), 8 + 5);
}
