//! The 23 indicators: each a formula with an id, over cells alone.
//!
//! A formula's id names its version (`GRP-02@1`). Whoever changes what a formula gives counts its version up, so that reports computed
//! by an earlier one are not held against a later.

mod awards;
mod bids;
mod delivery;

use super::{cell::Cells, facts::Family, figure::Figure};

/// An indicator.
#[derive(Debug, Clone, Copy)]
pub struct Indicator {
    /// Its id with the version of its formula.
    pub formula: &'static str,
    /// The key of its name among the messages.
    pub name: &'static str,
    /// Of which facts it is made.
    pub families: &'static [Family],
    /// Its figures; the first is the one that the indicator is told by, unless it stands beside others in other currencies.
    pub figures: fn(&Cells) -> Vec<Figure>,
}

/// All of them, in their order.
pub static INDICATORS: [Indicator; 23] = [
    Indicator {
        formula: "GRP-01@1",
        name: "indicator-01",
        families: &[Family::Awards],
        figures: awards::share_by_number,
    },
    Indicator {
        formula: "GRP-02@1",
        name: "indicator-02",
        families: &[Family::Awards],
        figures: awards::share_by_value,
    },
    Indicator { formula: "GRP-03@1", name: "indicator-03", families: &[Family::Awards], figures: awards::target_gap },
    Indicator { formula: "GRP-04@1", name: "indicator-04", families: &[Family::Bids], figures: bids::bidder_share },
    Indicator { formula: "GRP-05@1", name: "indicator-05", families: &[Family::OpenedLots], figures: bids::reach },
    Indicator { formula: "GRP-06@1", name: "indicator-06", families: &[Family::Bids], figures: bids::success_parity },
    Indicator {
        formula: "GRP-07@1",
        name: "indicator-07",
        families: &[Family::Bids],
        figures: bids::disqualification_gap,
    },
    Indicator {
        formula: "GRP-08@1",
        name: "indicator-08",
        families: &[Family::Invitations],
        figures: bids::invitation_share,
    },
    Indicator { formula: "GRP-09@1", name: "indicator-09", families: &[Family::Awards], figures: awards::competitive },
    Indicator { formula: "GRP-10@1", name: "indicator-10", families: &[Family::Requests], figures: bids::single_bid },
    Indicator {
        formula: "GRP-11@1",
        name: "indicator-11",
        families: &[Family::PublishedLots],
        figures: bids::measure_use,
    },
    Indicator {
        formula: "GRP-12@1",
        name: "indicator-12",
        families: &[Family::Awards],
        figures: awards::measure_effect,
    },
    Indicator {
        formula: "GRP-13@1",
        name: "indicator-13",
        families: &[Family::Payments],
        figures: delivery::payment_days,
    },
    Indicator { formula: "GRP-14@1", name: "indicator-14", families: &[Family::Invoices], figures: delivery::on_time },
    Indicator {
        formula: "GRP-15@1",
        name: "indicator-15",
        families: &[Family::Requests, Family::Awards, Family::Contracts, Family::Payments],
        figures: delivery::cycle_times,
    },
    Indicator { formula: "GRP-16@1", name: "indicator-16", families: &[Family::Contracts], figures: delivery::drift },
    Indicator { formula: "GRP-17@1", name: "indicator-17", families: &[Family::Lines], figures: delivery::in_full },
    Indicator {
        formula: "GRP-18@1",
        name: "indicator-18",
        families: &[Family::Complaints],
        figures: delivery::complaints,
    },
    Indicator {
        formula: "GRP-19@1",
        name: "indicator-19",
        families: &[Family::Awards],
        figures: awards::concentration,
    },
    Indicator {
        formula: "GRP-20@1",
        name: "indicator-20",
        families: &[Family::Awards],
        figures: awards::evidence_coverage,
    },
    Indicator { formula: "GRP-21@1", name: "indicator-21", families: &[Family::Awards], figures: awards::unknown_rate },
    Indicator {
        formula: "GRP-22@1",
        name: "indicator-22",
        families: &[Family::Producers],
        figures: delivery::women_reached,
    },
    Indicator {
        formula: "GRP-23@1",
        name: "indicator-23",
        families: &[Family::Releases],
        figures: delivery::data_quality,
    },
];
