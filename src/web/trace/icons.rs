//! Signs of our own for what happens to lots: drawn once a page, in lines 24 units wide and high.

use maud::{Markup, PreEscaped, html};

use crate::traceability::model::event::EventKind;

/// The signs of these kinds, for [`icon`] to show.
pub(super) fn symbols(kinds: &[EventKind]) -> Markup {
    html! {
        svg class="symbols" aria-hidden="true" {
            @for kind in kinds {
                symbol id={ "e-" (kind.as_str()) } viewBox="0 0 24 24" { path d=(PreEscaped(path(*kind))) {} }
            }
        }
    }
}

pub(super) fn icon(kind: EventKind) -> Markup {
    html! { svg aria-hidden="true" { use href={ "#e-" (kind.as_str()) } {} } }
}

const fn path(kind: EventKind) -> &'static str {
    match kind {
        // A basin, as women carry it on the head, with a leaf over it.
        EventKind::Delivery => {
            "M3 13h18c0 5-4 8-9 8s-9-3-9-8ZM12 12V8m0 0c0-3 2-5 6-5 0 4-2 5-6 5Zm0 1c0-2-2-4-5-4 0 3 2 4 5 4Z"
        }
        // Two ways become one.
        EventKind::Aggregation => "M4 3v4c0 4 8 4 8 9v5M20 3v4c0 4-8 4-8 9M8 18l4 4 4-4",
        // One way becomes two.
        EventKind::Split => "M12 2v6c0 5-8 5-8 10v3M12 8c0 5 8 5 8 10v3M1 18l3 3 3-3M17 18l3 3 3-3",
        // A pot over a fire.
        EventKind::Transformation => {
            "M4 8h16l-1 7c0 2-2 3-3 3H8c-1 0-3-1-3-3L4 8ZM2 8h20M9 5c0-1 1-1 1-3M14 5c0-1 1-1 1-3M8 22l2-2M12 22v-2M16 22l-2-2"
        }
        // A magnifying glass.
        EventKind::Inspection => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM15 15l6 6M7 10l2 2 4-4",
        // A lorry.
        EventKind::Shipment => {
            "M2 5h12v11H2ZM14 9h4l4 4v3h-8M6 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM18 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z"
        }
        // An arrow into a box.
        EventKind::Receipt => "M3 13v8h18v-8M12 2v13M7 10l5 5 5-5",
        // A sack with a hole.
        EventKind::Loss => "M8 3h8l-2 4c4 2 6 6 6 9 0 3-2 5-5 5H9c-3 0-5-2-5-5 0-3 2-7 6-9L8 3ZM9 14h6",
        // A sign of warning.
        EventKind::Recall => "M12 3 22 20H2L12 3ZM12 9v6M12 17v1",
        // A shield with a tick.
        EventKind::RecallEnd => "M12 2 20 5v6c0 5-3 9-8 11-5-2-8-6-8-11V5l8-3ZM8 12l3 3 5-6",
        // A pencil.
        EventKind::Correction => "M4 20l1-5L16 4l4 4L9 19l-5 1ZM14 6l4 4",
        // A sheet with lines.
        EventKind::Captured => "M5 2h10l4 4v16H5ZM8 9h8M8 13h8M8 17h5",
    }
}
