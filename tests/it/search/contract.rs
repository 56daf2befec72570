//! What every engine must do.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bfw::search::{
    index::{Change, IndexError},
    model::{
        Collection, Condition, KeywordField, Language, ListingDocument, SearchRequest, Sort, SuggestionKind, Text,
        Window,
    },
};
use uuid::Uuid;

use super::{
    documents::{listings, named, neutral, organization, plain_listing},
    engines::{Engines, beginning, numbers, on_each_engine, request},
};

on_each_engine! {
    a_product_is_found_by_every_name_and_spelling_of_it,
    fonio_is_not_swamped_by_what_is_finished,
    results_with_every_word_come_before_results_with_some,
    where_many_results_have_every_word_the_others_are_left_out,
    a_quoted_phrase_must_stand_as_it_is,
    words_written_apart_and_together_find_each_other,
    what_was_found_is_marked_and_nothing_else_is_markup,
    a_query_of_signs_shows_everything_newest_first,
    a_change_and_a_removal_are_seen_at_once,
    pages_follow_each_other_without_gap_or_overlap,
    organizations_are_found_by_name_place_and_product,
    suggestions_complete_products_organizations_and_titles,
    searches_go_on_while_the_index_is_rebuilt,
    a_rebuild_that_is_given_up_changes_nothing,
    a_field_without_values_has_no_counts,
    values_that_look_alike_are_kept_apart,
    of_several_changes_of_one_document_the_last_counts,
    every_document_is_listed_with_what_it_says,
    a_word_of_the_same_meaning_finds_what_it_means,
}

/// One listing of each product, numbered from 1, in Bamako.
pub(super) fn one_of_each() -> Vec<ListingDocument> {
    (0..8).map(|product| plain_listing(product as u128 + 1, product, 0)).collect()
}

async fn a_product_is_found_by_every_name_and_spelling_of_it(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
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

async fn fonio_is_not_swamped_by_what_is_finished(engines: &Engines) {
    let mut documents = vec![plain_listing(1, 5, 0)];
    for number in 2..40 {
        let mut listing = plain_listing(number, 2, 0);
        listing.title = Text::new(Language::Fr, "Oignon, produit fini");
        listing.description = Some(Text::new(Language::Fr, "Finition fine, fini, finement fini"));
        documents.push(listing);
    }
    let trial = engines.with(documents).await;
    assert_eq!(trial.numbers("fini").await.first(), Some(&1));
    assert_eq!(trial.numbers("fíni").await.first(), Some(&1));
}

async fn results_with_every_word_come_before_results_with_some(engines: &Engines) {
    let trial = engines.with([plain_listing(1, 2, 0), plain_listing(2, 2, 1), plain_listing(3, 6, 1)]).await;
    for query in ["oignon Ségou", "segou oignon"] {
        let found = trial.numbers(query).await;
        // Which of the others come is the engine's choice.
        assert!(found.len() > 1 && found[0] == 2, "{query}: {found:?}");
    }
}

async fn where_many_results_have_every_word_the_others_are_left_out(engines: &Engines) {
    let mut documents: Vec<_> = (1..=30).map(|number| plain_listing(number, 2, 1)).collect();
    documents.extend((31..=60).map(|number| plain_listing(number, 6, 1)));
    let trial = engines.with(documents).await;
    assert_eq!(trial.search("oignon Ségou").await.total, 30);
}

async fn a_quoted_phrase_must_stand_as_it_is(engines: &Engines) {
    let mut one = plain_listing(1, 6, 0);
    one.description = Some(Text::new(Language::Fr, "Riz étuvé à la main par les femmes"));
    let mut other = plain_listing(2, 6, 0);
    other.description = Some(Text::new(Language::Fr, "Riz, étuvé ou paddy"));
    let trial = engines.with([one, other]).await;
    assert_eq!(trial.numbers("\"etuve a la main\"").await, [1]);
    assert_eq!(trial.numbers("riz \"étuvé\"").await, [2, 1]);
    assert_eq!(trial.numbers("\"main la\"").await, Vec::<u128>::new());
    assert_eq!(trial.numbers("\"inconnu\"").await, Vec::<u128>::new());
}

async fn words_written_apart_and_together_find_each_other(engines: &Engines) {
    let mut together = plain_listing(1, 2, 0);
    together.product = named("dried-fish", &[(Language::Bm, "jɛ́gɛjalan")]);
    together.title.text = "Poisson".into();
    let mut apart = plain_listing(2, 2, 0);
    apart.product = named("large-onion", &[(Language::Bm, "tùbabu jaba")]);
    apart.title.text = "Gros".into();
    let trial = engines.with([together, apart]).await;
    assert_eq!(trial.numbers("jege jalan").await.first(), Some(&1));
    assert_eq!(trial.numbers("tubabujaba").await.first(), Some(&2));
}

async fn what_was_found_is_marked_and_nothing_else_is_markup(engines: &Engines) {
    let mut listing = plain_listing(1, 0, 0);
    listing.title.text = "<b>Beurre</b> de karité".into();
    let trial = engines.with([listing]).await;
    let result = trial.search("karite").await;
    let title = result.hits[0].highlights.iter().find(|highlight| highlight.field.name() == "title").unwrap();
    assert_eq!(title.html, "&lt;b&gt;Beurre&lt;/b&gt; de <mark>karité</mark>");
}

async fn a_query_of_signs_shows_everything_newest_first(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
    for query in ["", "  ", "🌾", "\u{0}", "\u{202E}!?"] {
        let result = trial.search(query).await;
        assert_eq!(result.total, 8, "{query:?}");
        assert_eq!(result.hits[0].id, Uuid::from_u128(8), "{query:?}");
    }
}

async fn a_change_and_a_removal_are_seen_at_once(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
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

async fn pages_follow_each_other_without_gap_or_overlap(engines: &Engines) {
    let trial = engines.with(listings(7, if engines.is_recorded() { 120 } else { 230 })).await;
    for sort in [Sort::Relevance, Sort::Newest, Sort::PricePerKilogramAsc, Sort::PricePerKilogramDesc] {
        let all = trial
            .index
            .search(SearchRequest { window: Window::new(0, 1_000).unwrap(), sort, highlight: false, ..request("riz") })
            .await
            .unwrap();
        let mut paged = Vec::new();
        for offset in (0..all.total).step_by(7) {
            let window = Window::new(usize::try_from(offset).unwrap(), 7).unwrap();
            paged.extend(numbers(
                &trial.index.search(SearchRequest { window, sort, highlight: false, ..request("riz") }).await.unwrap(),
            ));
        }
        assert!(all.total > 10, "{sort:?}");
        assert_eq!(paged, numbers(&all), "{sort:?}");
    }
}

async fn organizations_are_found_by_name_place_and_product(engines: &Engines) {
    let trial = engines.empty().await;
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

async fn suggestions_complete_products_organizations_and_titles(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
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

async fn searches_go_on_while_the_index_is_rebuilt(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
    let many = if engines.is_recorded() { 30 } else { 300 };
    let done = Arc::new(AtomicBool::new(false));
    let searching = {
        let (index, done, recorded) = (trial.index.clone(), done.clone(), engines.is_recorded());
        tokio::spawn(async move {
            let mut searches = 0;
            // A recording answers in the order in which it was made, so nothing can be raced in it.
            while !recorded && !done.load(Ordering::Relaxed) {
                let total = index.search(request("")).await.unwrap().total;
                assert!(total == 8 || total == 300, "{total} results");
                searches += 1;
            }
            searches
        })
    };
    for round in 1..=3 {
        trial.rebuild(round, neutral(listings(1, many))).await;
    }
    done.store(true, Ordering::Relaxed);
    assert!(searching.await.unwrap() > 3 || engines.is_recorded());
    assert_eq!(u128::from(trial.search("").await.total), many);
    trial.put(neutral([plain_listing(1_000, 2, 0)])).await;
    assert_eq!(u128::from(trial.search("").await.total), many + 1, "changes go to the new index");
}

async fn a_rebuild_that_is_given_up_changes_nothing(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
    let mut rebuild = trial.index.begin_rebuild(beginning(1)).await.unwrap();
    rebuild.feed(neutral(listings(1, 50))).await.unwrap();
    let second = trial.index.begin_rebuild(beginning(2)).await;
    assert!(matches!(second.map(|_| ()), Err(IndexError::RebuildRunning)));
    if engines.is_recorded() {
        // What is left of a build is removed beside what the case goes on to do.
        std::mem::forget(rebuild);
    } else {
        drop(rebuild);
        let mut third = trial.index.begin_rebuild(beginning(3)).await;
        while matches!(&third, Err(IndexError::RebuildRunning)) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            third = trial.index.begin_rebuild(beginning(3)).await;
        }
        third.unwrap();
    }
    assert_eq!(trial.search("").await.total, 8);
}

async fn a_field_without_values_has_no_counts(engines: &Engines) {
    let trial = engines.with(one_of_each()).await;
    let facets = vec![KeywordField::Season, KeywordField::Product];
    let result = trial.index.search(SearchRequest { facets, ..request("") }).await.unwrap();
    assert_eq!(result.facets[0].values, []);
    assert_eq!(result.facets[1].values.len(), 8 + 5);
}

async fn values_that_look_alike_are_kept_apart(engines: &Engines) {
    let grades =
        ["I", "i", "Extra", "extra", "étuvé", "etuve", "a\" OR grade EXISTS", "\\", "a\\", "a~b", "100%", "'", " I"];
    let documents = (1..).zip(grades).map(|(number, grade)| {
        let mut listing = plain_listing(number, 2, 0);
        listing.grade = Some(grade.to_owned());
        listing
    });
    let trial = engines.with(documents).await;

    let counted = trial.index.search(SearchRequest { facets: vec![KeywordField::Grade], ..request("") }).await.unwrap();
    let mut values: Vec<&str> = counted.facets[0].values.iter().map(|facet| facet.value.as_str()).collect();
    values.sort_unstable();
    let mut expected = grades.to_vec();
    expected.sort_unstable();
    assert_eq!(values, expected);
    for (number, grade) in (1..).zip(grades) {
        let conditions = vec![Condition::AnyOf(KeywordField::Grade, vec![grade.to_owned()])];
        let found = trial.index.search(SearchRequest { conditions, ..request("") }).await.unwrap();
        assert_eq!(numbers(&found), [number], "{grade:?}");
    }
}

async fn of_several_changes_of_one_document_the_last_counts(engines: &Engines) {
    let trial = engines.empty().await;
    let put = |number| Change::Put(Box::new(plain_listing(number, 2, 0).into()));
    let remove = |number| Change::Remove(Collection::Listings, Uuid::from_u128(number));
    trial.index.apply(vec![put(1), remove(1), put(2), remove(2), put(2), remove(3), put(3), remove(4)]).await.unwrap();
    assert_eq!(trial.numbers("").await, [3, 2]);
}

async fn every_document_is_listed_with_what_it_says(engines: &Engines) {
    let documents = neutral(listings(3, 40));
    let trial = engines.empty().await;
    trial.put(documents.clone()).await;
    let listed = trial.index.entries(Collection::Listings).await.unwrap();
    assert_eq!(listed.len(), 40);
    for document in &documents {
        assert_eq!(listed.get(&document.id), Some(&document.digest()));
    }
    assert!(trial.index.entries(Collection::Organizations).await.unwrap().is_empty());
}

async fn a_word_of_the_same_meaning_finds_what_it_means(engines: &Engines) {
    let mut organic = plain_listing(1, 2, 0);
    organic.schemes = vec![named("ORGANIC_EU", &[(Language::Fr, "Agriculture biologique")])];
    let trial = engines.with([organic, plain_listing(2, 5, 0)]).await;
    assert_eq!(trial.numbers("bio").await, [1]);
    assert_eq!(trial.numbers("organic").await, [1]);
    assert_eq!(trial.numbers("oignon bio").await.first(), Some(&1));
}
