//! What the room's things are identified by.

use crate::define_id;

define_id!(
    /// Identifies a producer.
    pub ProducerId = "producer"
);
define_id!(
    /// Identifies the time in which a producer belonged to something.
    pub EnrolmentId = "enrolment"
);
define_id!(
    /// Identifies a plot.
    pub PlotId = "plot"
);
define_id!(
    /// Identifies a lot.
    pub LotId = "lot"
);
define_id!(
    /// Identifies an event.
    pub EventId = "event"
);
define_id!(
    /// Identifies what a producer was paid for a delivery.
    pub PaymentId = "payment"
);
define_id!(
    /// Identifies a recall.
    pub RecallId = "recall"
);
define_id!(
    /// Identifies a document of events that was handed in.
    pub CaptureId = "capture"
);
