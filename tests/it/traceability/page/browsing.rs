//! The page in a browser, as wide as a cheap phone and as a computer.

use db_test::db_test;
use serde_json::json;

use super::{CODE, Story, long_way};
use crate::harness::{
    TestApp,
    browser::Browser,
    served::{SCREENS, Served, UNFIT},
};

/// The headings with their levels, and whether each is seen.
const HEADINGS: &str = "[...document.querySelectorAll('h1,h2,h3')].map(heading => {
    const box = heading.getBoundingClientRect();
    return [Number(heading.tagName[1]), box.width > 0 && box.height > 0];
})";

#[db_test]
async fn the_page_fits_a_phone_and_a_computer(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    story.certify().await;
    let long = long_way(&story).await;
    let served = Served::of(&story.app).await;
    for code in [CODE, long] {
        for (width, height, is_phone) in SCREENS {
            for language in ["fr", "bm", "en"] {
                // when
                browser.screen(width, height, is_phone).await;
                browser.goto(&served.url(&format!("/trace/{code}?lang={language}"))).await;
                browser.picture(&format!("{code}-{width}-{language}")).await;

                // then
                assert_eq!(browser.eval("window.innerWidth").await, json!(width));
                assert_eq!(browser.eval(UNFIT).await, json!([]), "{code} {width} {language}");
                let headings = browser.eval(HEADINGS).await;
                let levels: Vec<u64> =
                    headings.as_array().unwrap().iter().map(|heading| heading[0].as_u64().unwrap()).collect();
                assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1), "{headings}");
                assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "a level is left out: {headings}");
                assert!(headings.as_array().unwrap().iter().all(|heading| heading[1] == true), "{headings}");
            }
        }
    }
    browser.close().await;
}

#[db_test]
async fn the_page_asks_for_nothing_else_and_nothing_is_wrong_with_it(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    let served = Served::of(&story.app).await;
    let urls = [served.url(&format!("/trace/{CODE}")), served.url(&format!("/trace/{CODE}/label"))];
    for url in urls {
        browser.requests().await;

        // when
        browser.goto(&url).await;

        // then
        assert_eq!(browser.requests().await, [url]);
        assert_eq!(browser.complaints().await, [] as [String; 0]);
        assert_eq!(browser.eval("document.querySelectorAll('script,img,link,iframe').length").await, 0);
        let styled = browser
            .eval(
                "getComputedStyle(document.querySelector('h1')).fontSize !== '32px' || \
                                   getComputedStyle(document.body).marginTop === '0px'",
            )
            .await;
        assert_eq!(styled, true, "its own style is not refused by its policy");
    }
    browser.close().await;
}

#[db_test]
async fn the_page_needs_no_script(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    let served = Served::of(&story.app).await;
    let (width, height, is_phone) = SCREENS[0];
    browser.screen(width, height, is_phone).await;
    browser.goto(&served.url(&format!("/trace/{CODE}"))).await;
    let with = browser.seen().await;

    // when
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.goto(&served.url(&format!("/trace/{CODE}"))).await;

    // then
    assert!(browser.seen().await == with, "it looks otherwise without scripts");
    browser.close().await;
}

#[db_test]
async fn a_recall_is_what_one_sees_first(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    story.rows().recall(story.cooperative, CODE, story.butter, "Odeur de moisi dans plusieurs pots").await;
    let served = Served::of(&story.app).await;
    let (width, height, is_phone) = SCREENS[0];
    browser.screen(width, height, is_phone).await;

    // when
    browser.goto(&served.url(&format!("/trace/{CODE}"))).await;
    browser.picture("recall-360").await;

    // then
    let notice = browser
        .eval(
            "(() => { const box = document.querySelector('[role=alert]').getBoundingClientRect();
        return [box.top >= 0, box.bottom < window.innerHeight,
            box.bottom <= document.querySelector('h1').getBoundingClientRect().top]; })()",
        )
        .await;
    assert_eq!(notice, json!([true, true, true]));
    assert!(browser.text().await.contains("Odeur de moisi dans plusieurs pots"));
    assert_eq!(browser.eval(UNFIT).await, json!([]));
    let colours = browser
        .eval(
            "(() => { const style = getComputedStyle(document.querySelector('[role=alert]'));
        return [style.backgroundColor, style.color]; })()",
        )
        .await;
    assert_eq!(colours, json!(["rgb(176, 0, 32)", "rgb(255, 255, 255)"]));
    browser.close().await;
}

#[db_test]
async fn people_change_the_language_by_a_link(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    let served = Served::of(&story.app).await;

    // when, then
    browser.goto(&served.url(&format!("/trace/{CODE}"))).await;
    assert_eq!(browser.eval("document.documentElement.lang").await, "fr");
    assert!(browser.text().await.contains("Qui l'a cultivé"));
    for (language, heading) in [("bm", "Jɔn y'a sɛnɛ"), ("en", "Who grew it")] {
        let link = browser.eval(&format!("document.querySelector('nav a[lang={language}]').href")).await;
        browser.goto(link.as_str().unwrap()).await;
        assert_eq!(browser.eval("document.documentElement.lang").await, language);
        assert!(browser.text().await.contains(heading), "{}", browser.text().await);
    }

    // when
    browser.goto(&served.url("/trace/8ZZZZZ000000")).await;
    browser.picture("unknown").await;

    // then
    assert!(browser.text().await.contains("Ce code n'est pas connu ici"));
    browser.close().await;
}

#[db_test]
async fn labels_stand_on_paper_in_columns(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    let story = Story::of(app).await;
    let served = Served::of(&story.app).await;
    browser.screen(794, 1_123, false).await;
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    for (columns, count) in [(1, 6), (2, 8), (3, 12), (4, 48)] {
        // when
        browser.goto(&served.url(&format!("/trace/{CODE}/label?columns={columns}&count={count}"))).await;
        browser.picture(&format!("label-{columns}")).await;

        // then
        let lefts = browser
            .eval(
                "new Set([...document.querySelectorAll('article')]\
            .map(label => Math.round(label.getBoundingClientRect().left))).size",
            )
            .await;
        assert_eq!(lefts, columns);
        let fits = "[...document.querySelectorAll('article *')].every(part => \
            part.getBoundingClientRect().right <= part.closest('article').getBoundingClientRect().right + 0.5)";
        assert_eq!(browser.eval(fits).await, true);
        let camera = "document.querySelector('article svg').getBoundingClientRect().width * 25.4 / 96 >= 25";
        assert_eq!(browser.eval(camera).await, true, "a code is at least 25 mm wide");
    }
    browser.close().await;
}
