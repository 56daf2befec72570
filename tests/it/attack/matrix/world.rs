//! A marketplace with one thing of each kind that belongs to one organization, and everybody who may or may not see it.

use std::collections::BTreeMap;

use bfw::{
    accounts::{Actor, PlatformRole},
    kernel::{
        clock::{Clock as _, rfc3339},
        id::{decode, encode},
    },
};
use chrono::{Days, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    documents::REQUEST,
    harness::{Fixture, TestApp, TestDatabase},
    notifications::stay_signed_in,
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nobody who signed in.
    Anonymous,
    /// The owner of another cooperative, which has nothing to do with any of it.
    Stranger,
    /// A member of the organization with the least role.
    Viewer,
    /// Its procurement officer.
    Officer,
    /// Its owner.
    Owner,
    /// An administrator of the platform.
    Admin,
    /// An auditor of the platform.
    Auditor,
}

impl Role {
    /// From the one who may least.
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Anonymous, "anonymous"),
        (Self::Stranger, "stranger"),
        (Self::Viewer, "viewer"),
        (Self::Officer, "officer"),
        (Self::Owner, "owner"),
        (Self::Admin, "admin"),
        (Self::Auditor, "auditor"),
    ];

    /// Whether she has nothing to do with the organization.
    pub(crate) fn is_outside(self) -> bool {
        matches!(self, Self::Anonymous | Self::Stranger)
    }
}

/// Something with an id, and the type that it is of.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    /// Its type in the schema.
    pub(crate) of: &'static str,
    /// Its id.
    pub(crate) id: String,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) app: TestApp,
    /// By what they are called in the table.
    pub(crate) things: BTreeMap<&'static str, Thing>,
    tokens: BTreeMap<&'static str, String>,
    /// The organization that everything belongs to.
    pub(crate) house: String,
    /// The stranger's own organization.
    pub(crate) elsewhere: String,
    /// What stands on the label of the lot.
    pub(crate) lot_code: String,
}

impl Fixture for World {
    async fn build(database: TestDatabase) -> Self {
        let app =
            TestApp::with_settings(database, &[("access_minutes", "1440"), ("attempts_per_identifier", "1000")]).await;
        let mut world = Self {
            app,
            things: BTreeMap::new(),
            tokens: BTreeMap::new(),
            house: String::new(),
            elsewhere: String::new(),
            lot_code: String::new(),
        };
        Box::pin(world.people()).await;
        Box::pin(world.offers()).await;
        Box::pin(world.proofs()).await;
        Box::pin(world.lots()).await;
        Box::pin(world.letters()).await;
        Box::pin(world.tender()).await;
        Box::pin(world.contract()).await;
        world.app.settle().await;
        world
    }
}

impl World {
    /// Somebody's token; none for whoever did not sign in.
    pub(crate) fn token(&self, role: Role) -> Option<&str> {
        let name = match role {
            Role::Anonymous => return None,
            Role::Stranger => "stranger",
            Role::Viewer => "viewer",
            Role::Officer => "officer",
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        };
        Some(&self.tokens[name])
    }

    /// The id of a thing.
    pub(crate) fn id(&self, name: &str) -> &str {
        &self.things.get(name).unwrap_or_else(|| panic!("the world has no {name}")).id
    }

    /// An id of the same kind that was never given to anything.
    pub(crate) fn never(id: &str) -> String {
        let (prefix, uuid) = decode(id).unwrap();
        let bytes = uuid.as_u128();
        encode(prefix, Uuid::from_u128(bytes ^ 0x5555_5555_5555))
    }

    fn keep(&mut self, name: &'static str, of: &'static str, id: &Value) {
        let id = id.as_str().unwrap_or_else(|| panic!("no id of {name} but {id}")).to_owned();
        assert!(self.things.insert(name, Thing { of, id }).is_none(), "{name} twice");
    }

    /// A mutation that must be accepted, and its payload.
    async fn done(&self, who: &str, name: &str, given: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let mutation = format!(
            "mutation($input: {kind}!) {{ {name}(input: $input) {{ {given} userErrors {{ code message path }} }} }}"
        );
        self.app.expect_payload(Some(&self.tokens[who]), &mutation, input).await
    }

    async fn asked(&self, who: &str, query: &str, id: &str) -> Value {
        self.app.expect_data(Some(&self.tokens[who]), query, json!({ "id": id })).await
    }

    async fn people(&mut self) {
        for name in
            ["owner", "viewer", "officer", "partner", "bidder", "loser", "stranger", "admin", "auditor", "verifier"]
        {
            let token = self.app.sign_up(&format!("{name}@exemple.ml")).await;
            self.tokens.insert(name, token);
        }
        let operator = Actor::system("test");
        for (name, role) in
            [("admin", PlatformRole::Admin), ("auditor", PlatformRole::Auditor), ("verifier", PlatformRole::Verifier)]
        {
            let email = format!("{name}@exemple.ml");
            self.app.app.accounts.grant_platform_role(&operator, &email, role).await.unwrap();
        }
        for (name, kind, label, thing) in [
            ("owner", "COOPERATIVE", "Benkadi", "Organization"),
            ("partner", "COMPANY", "Sahel Cosmétiques", "partner"),
            ("bidder", "COOPERATIVE", "Jigiya", "bidder"),
            ("loser", "COOPERATIVE", "Sabougnouman", "loser"),
            ("stranger", "COOPERATIVE", "Faso Jigi", "elsewhere"),
        ] {
            let id = self.app.register(&self.tokens[name], kind, label).await;
            self.keep(thing, "Organization", &json!(id));
        }
        self.house = self.id("Organization").to_owned();
        self.elsewhere = self.id("elsewhere").to_owned();
        for (name, role) in [("viewer", "VIEWER"), ("officer", "PROCUREMENT_OFFICER")] {
            let input =
                json!({ "organizationId": self.house, "identifier": format!("{name}@exemple.ml"), "role": role });
            let code = self.done("owner", "inviteMember", "code", input).await["code"].take();
            let joined = self.done(name, "acceptInvitation", "membership { id }", json!({ "code": code })).await;
            if name == "viewer" {
                self.keep("Membership", "Membership", &joined["membership"]["id"]);
            }
        }
        let input = json!({ "organizationId": self.house, "identifier": "76123456", "role": "AGENT" });
        let invited = self.done("owner", "inviteMember", "invitation { id }", input).await;
        self.keep("Invitation", "Invitation", &invited["invitation"]["id"]);
        let user = self.app.expect_data(Some(&self.tokens["owner"]), "{ viewer { user { id } } }", json!({})).await;
        self.keep("User", "User", &user["viewer"]["user"]["id"]);
        stay_signed_in(&self.app).await;
    }

    async fn offers(&mut self) {
        let owner = self.tokens["owner"].clone();
        let listing = self.app.published(&owner, &self.house, json!({})).await;
        let draft = self.app.draft(&owner, &self.house, json!({ "title": "Un brouillon" })).await;
        self.keep("Listing", "Listing", &json!(listing));
        self.keep("Listing, a draft", "Listing", &json!(draft));
        let input = json!({ "listingId": listing, "organizationId": self.id("partner"),
                            "quantity": { "value": "10", "unit": "KGM" } });
        let held = self.done("partner", "reserveStock", "reservation { id }", input).await;
        self.keep("StockReservation", "StockReservation", &held["reservation"]["id"]);
        let search = self
            .done("owner", "saveSearch", "savedSearch { id }", json!({ "name": "Karité", "query": "karité" }))
            .await;
        self.keep("SavedSearch", "SavedSearch", &search["savedSearch"]["id"]);
        let announced = json!({ "organizationId": self.house, "fileName": "Statuts", "mediaType": "application/pdf",
            "byteSize": 100, "sha256": "0".repeat(64), "visibility": "PARTY" });
        let upload = self.app.expect_payload(Some(&owner), REQUEST, announced).await;
        self.keep("Document", "Document", &upload["upload"]["documentId"]);
    }

    async fn proofs(&mut self) {
        for (name, number) in [("Certificate", "ML-BIO-1"), ("Certificate, verified", "ML-BIO-2")] {
            let input = json!({ "organizationId": self.house, "schemeCode": "ORGANIC_EU", "number": number,
                "issuerName": "Ecocert", "validFrom": "2026-01-01", "validUntil": "2027-12-31", "productCodes": ["shea"] });
            let handed_in = self.done("owner", "submitCertificate", "certificate { id }", input).await;
            self.keep(name, "Certificate", &handed_in["certificate"]["id"]);
        }
        let input = json!({ "certificateId": self.id("Certificate, verified") });
        self.done("verifier", "verifyCertificate", "certificate { id }", input).await;
        let query = "query($id: ID!) { certificate(id: $id) { credential { id } } }";
        let verified = self.asked("owner", query, self.id("Certificate, verified")).await;
        self.keep("Credential", "Credential", &verified["certificate"]["credential"]["id"]);
        let facts = json!({ "organizationId": self.house, "totalMembers": 20, "womenMembers": 18,
                            "womenManagementPercent": "100" });
        self.done("owner", "declareOwnership", "organization { id }", facts).await;
        let input = json!({ "organizationId": self.house, "issuer": "Greffe", "facts": ["WOMEN_MEMBERS"] });
        let evidence = self.done("owner", "submitOwnershipEvidence", "ownershipEvidence { id }", input).await;
        self.keep("OwnershipEvidence", "OwnershipEvidence", &evidence["ownershipEvidence"]["id"]);
    }

    /// So many minutes ago.
    fn ago(&self, minutes: i64) -> String {
        rfc3339(self.app.clock.now() - TimeDelta::minutes(minutes))
    }

    async fn lots(&mut self) {
        let plot = json!({ "type": "Point", "coordinates": [-6.27, 13.43] });
        let input = json!({ "organizationId": self.house, "name": "Fanta Coulibaly", "gender": "FEMALE",
            "memberSince": "2026-11-02", "phone": "76123457",
            "plots": [{ "name": "Au fleuve", "hectares": "1", "geometry": plot, "validFrom": "2026-01-01" }] });
        let given = "producer { id plots { id } memberships { id } }";
        let producer = self.done("owner", "addProducer", given, input).await["producer"].take();
        self.keep("Producer", "Producer", &producer["id"]);
        self.keep("Plot", "Plot", &producer["plots"][0]["id"]);
        self.keep("ProducerMembership", "ProducerMembership", &producer["memberships"][0]["id"]);
        self.app.clock.advance(TimeDelta::hours(2));
        let delivery = |world: &Self, kilograms: &str| {
            json!({ "organizationId": world.house, "producerId": producer["id"], "productCode": "shea-kernel",
                    "quantity": { "value": kilograms, "unit": "KGM" }, "deliveredAt": world.ago(30) })
        };
        let recorded =
            self.done("owner", "recordDelivery", "lot { id code } event { id }", delivery(self, "100")).await;
        self.lot_code = recorded["lot"]["code"].as_str().unwrap().to_owned();
        self.keep("Lot", "Lot", &recorded["lot"]["id"]);
        self.keep("TraceEvent", "TraceEvent", &recorded["event"]["id"]);
        let input = json!({ "deliveryEventId": recorded["event"]["id"], "amount": { "amount": "15000" },
                            "paidAt": self.ago(20) });
        let paid = self.done("owner", "recordProducerPayment", "payment { id }", input).await;
        self.keep("ProducerPayment", "ProducerPayment", &paid["payment"]["id"]);
        let bad = self.done("owner", "recordDelivery", "lot { id } event { id }", delivery(self, "40")).await;
        let input = json!({ "organizationId": self.house, "lotIds": [bad["lot"]["id"]], "reason": "Aflatoxine" });
        let recall = self.done("owner", "openRecall", "recall { id }", input).await;
        self.keep("Recall", "Recall", &recall["recall"]["id"]);
    }

    async fn letters(&mut self) {
        let input =
            json!({ "listingId": self.id("Listing"), "fromOrganizationId": self.id("partner"), "text": "Bonjour" });
        let started = self.done("partner", "startInquiry", "inquiry { id } message { id }", input).await;
        self.keep("Inquiry", "Inquiry", &started["inquiry"]["id"]);
        self.keep("InquiryMessage", "InquiryMessage", &started["message"]["id"]);
        let input = json!({ "inquiryId": started["inquiry"]["id"], "reason": "SPAM" });
        let reported = self.done("owner", "reportInquiry", "report { id }", input).await;
        self.keep("InquiryReport", "InquiryReport", &reported["report"]["id"]);
        let told = "{ notifications(first: 1) { edges { node { id } } } }";
        let told = self.app.expect_data(Some(&self.tokens["owner"]), told, json!({})).await;
        self.keep("Notification", "Notification", &told["notifications"]["edges"][0]["node"]["id"]);
    }

    /// A request of `buyer`, who asks as `who`: its id, and those of its parts.
    async fn request(&self, who: &str, buyer: &str, title: &str) -> Value {
        let input = json!({
            "buyerId": buyer, "title": title, "method": "OPEN",
            "lots": [{ "productCode": "shea-butter", "placeCode": "segou", "quantity": { "value": "500", "unit": "KGM" } }],
            "criteria": [{ "name": "Prix", "kind": "PRICE", "weightPercent": "100" }],
            "genderMeasures": [{ "kind": "MARGIN_OF_PREFERENCE", "definition": "WOMENS_COOPERATIVE",
                "atLeastEvidence": "SELF_DECLARED", "percent": "10", "source": "Décision 12" }],
            "bidDeadline": rfc3339(self.app.clock.now() + TimeDelta::days(30)),
        });
        let given = "procurementRequest { id lots { id } criteria { id } genderMeasures { id } }";
        self.done(who, "createProcurementRequest", given, input).await["procurementRequest"].take()
    }

    async fn bid(&self, who: &str, bidder: &str, request: &Value, price: &str) -> Value {
        let input = json!({ "requestId": request["id"], "bidderId": bidder,
            "lots": [{ "requestLotId": request["lots"][0]["id"], "unitPrice": { "amount": price }, "quantity": "500" }] });
        self.done(who, "submitBid", "bid { id }", input).await["bid"]["id"].take()
    }

    async fn tender(&mut self) {
        let house = self.house.clone();
        let given = "procurementRequest { id }";
        let request = self.request("owner", &house, "Beurre pour la cantine").await;
        self.done("owner", "publishProcurementRequest", given, json!({ "requestId": request["id"] })).await;
        self.keep("ProcurementRequest", "ProcurementRequest", &request["id"]);
        self.keep("RequestLot", "RequestLot", &request["lots"][0]["id"]);
        self.keep("RequestCriterion", "RequestCriterion", &request["criteria"][0]["id"]);
        self.keep("GenderMeasure", "GenderMeasure", &request["genderMeasures"][0]["id"]);
        let draft = self.request("owner", &house, "Un brouillon").await;
        self.keep("ProcurementRequest, a draft", "ProcurementRequest", &draft["id"]);
        self.keep("RequestLot, of a draft", "RequestLot", &draft["lots"][0]["id"]);
        self.keep("RequestCriterion, of a draft", "RequestCriterion", &draft["criteria"][0]["id"]);
        self.keep("GenderMeasure, of a draft", "GenderMeasure", &draft["genderMeasures"][0]["id"]);
        for (name, answered) in [("RequestQuestion, answered", true), ("RequestQuestion", false)] {
            let input = json!({ "requestId": request["id"], "organizationId": self.id("bidder"), "question": name });
            let question = self.done("bidder", "askQuestion", "question { id }", input).await["question"]["id"].take();
            self.keep(name, "RequestQuestion", &question);
            if answered {
                let input = json!({ "questionId": question, "answer": "Oui." });
                self.done("owner", "answerQuestion", "question { id }", input).await;
            }
        }
        let (bidder, loser) = (self.id("bidder").to_owned(), self.id("loser").to_owned());
        let won = self.bid("bidder", &bidder, &request, "900").await;
        let lost = self.bid("loser", &loser, &request, "1100").await;
        self.keep("Bid", "Bid", &won);
        self.keep("Bid, lost", "Bid", &lost);
        self.app.clock.advance(TimeDelta::days(31));
        self.done("owner", "openBids", "bids { id }", json!({ "requestId": request["id"] })).await;
        let awards = self.done("owner", "awardBid", "awards { id }", json!({ "bidId": won })).await;
        self.keep("Award", "Award", &awards["awards"][0]["id"]);
        let input = json!({ "requestId": request["id"], "awardId": awards["awards"][0]["id"], "level": "GRACIOUS",
                            "organizationId": loser, "grounds": "Notre certificat n'a pas été pris en compte." });
        let complaint = self.done("loser", "fileComplaint", "complaint { id }", input).await;
        self.keep("Complaint", "Complaint", &complaint["complaint"]["id"]);
        let partner = self.id("partner").to_owned();
        let theirs = self.request("partner", &partner, "Beurre pour l'usine").await;
        self.done("partner", "publishProcurementRequest", given, json!({ "requestId": theirs["id"] })).await;
        self.keep("partner's request", "ProcurementRequest", &theirs["id"]);
        let sealed = self.bid("owner", &house, &theirs, "1000").await;
        self.keep("Bid, sealed", "Bid", &sealed);
    }

    async fn contract(&mut self) {
        let kilos = |value: &str| json!({ "value": value, "unit": "KGM" });
        let day = |world: &Self, ahead: u64| (world.app.clock.today() + Days::new(ahead)).to_string();
        let input = json!({ "buyerId": self.id("partner"), "listingId": self.id("Listing"), "quantity": kilos("100") });
        let given = "contract { id lines { id } }";
        let contract = self.done("partner", "createDirectOrder", given, input).await["contract"].take();
        let line = contract["lines"][0]["id"].clone();
        self.keep("Contract", "Contract", &contract["id"]);
        self.keep("ContractLine", "ContractLine", &line);
        let sign = json!({ "contractId": contract["id"], "organizationId": self.house });
        self.done("owner", "signContract", "contract { id }", sign).await;
        let input = json!({ "contractId": contract["id"], "contractLineId": line, "quantity": kilos("50"), "dueOn": day(self, 3) });
        let delivery =
            self.done("owner", "scheduleDelivery", "delivery { id }", input.clone()).await["delivery"]["id"].take();
        self.done("owner", "dispatchDelivery", "delivery { id }", json!({ "deliveryId": delivery })).await;
        let received =
            json!({ "deliveryId": delivery, "receivedQuantity": kilos("50"), "acceptedQuantity": kilos("50") });
        self.done("partner", "receiveDelivery", "delivery { id }", received).await;
        let planned = self.done("owner", "scheduleDelivery", "delivery { id }", input).await["delivery"]["id"].take();
        self.keep("ContractDelivery", "ContractDelivery", &planned);
        let bill = json!({ "contractId": contract["id"], "number": "F-1",
                           "lines": [{ "contractLineId": line, "quantity": kilos("50") }] });
        let invoice = self.done("owner", "submitInvoice", "invoice { id }", bill).await["invoice"]["id"].take();
        self.keep("Invoice", "Invoice", &invoice);
        self.done("partner", "approveInvoice", "invoice { id }", json!({ "invoiceId": invoice })).await;
        let pay = json!({ "invoiceId": invoice, "payeeId": self.house, "amount": { "amount": "20000" },
                          "paidOn": day(self, 0), "reference": "VIR-1" });
        let paid = self.done("partner", "recordPayment", "payment { id }", pay).await;
        self.keep("Payment", "Payment", &paid["payment"]["id"]);
        stay_signed_in(&self.app).await;
    }
}
