//! Reading organizations, places and definitions.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    EvidenceLevel, Loaders, Organization, OrganizationConnection, OrganizationKind, OrganizationOrderField,
    OwnershipDefinition, OwnershipRules, OwnershipRulesConnection, Place, PlaceConnection, directory,
    organization::ON_CARD, place,
};
use crate::{
    accounts::OrganizationId,
    directory::{
        Directory,
        model::{
            self,
            query::{self, OrganizationOrder, OrganizationQuery},
        },
    },
    kernel::{
        Outcome,
        graphql::{OrderDirection, asked_of_nodes, failure, page_args, page_complexity, read_id, wants_total_count},
        page::{Page, PageArgs, SortValue},
    },
};

/// What cursors of the list of definitions are marked with.
const DEFINITIONS: &str = "ownership-definitions";

/// Organizations that satisfy a definition of women's ownership today.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct WomenOwnedFilter {
    /// By which definition.
    pub definition: OwnershipDefinition,
    /// How well supported at least.
    #[graphql(default_with = "EvidenceLevel::SelfDeclared")]
    pub at_least_evidence: EvidenceLevel,
}

/// Which organizations. What is not given does not restrict; what is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OrganizationFilter {
    /// Of this kind.
    pub kind: Option<OrganizationKind>,
    /// In this place or below it: a code, an official number or a name.
    pub place_code: Option<String>,
    /// Owned or led by women.
    pub women_owned: Option<WomenOwnedFilter>,
    /// Whose name holds these words, whatever their case and accents. For searching with slips and synonyms, use
    /// `searchOrganizations`.
    pub text: Option<String>,
}

/// In which order organizations come.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct OrganizationOrderBy {
    /// By what.
    pub field: OrganizationOrderField,
    /// Which end comes first.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl From<OrganizationOrderBy> for OrganizationOrder {
    fn from(order: OrganizationOrderBy) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}

impl OrganizationFilter {
    fn read(&self, directory: &Directory) -> Outcome<query::OrganizationFilter> {
        let within = self.place_code.as_ref();
        let within = within.map(|typed| directory.filter_place(typed, &["filter", "placeCode"])).transpose()?;
        Ok(query::OrganizationFilter {
            kind: self.kind.map(Into::into),
            within,
            women_owned: self.women_owned.map(|filter| query::WomenOwnedFilter {
                definition: filter.definition.into(),
                at_least: filter.at_least_evidence.into(),
            }),
            words: self.text.as_deref().map(query::OrganizationFilter::words_of).unwrap_or_default(),
        })
    }
}

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct DirectoryQuery;

#[Object]
impl DirectoryQuery {
    /// An organization by its id; null where there is none that the caller may see.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The organization's id.")] organization_id: ID,
    ) -> Option<async_graphql::Result<Organization>> {
        match read_id::<OrganizationId, _>(&organization_id, OrganizationId::PREFIX, ["id"]) {
            Ok(id) => Loaders::organization(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Organizations in good standing.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "The order; by name where none is given.")] order_by: Option<OrganizationOrderBy>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OrganizationConnection> {
        let args = page_args(first, after, last, before);
        let order = order_by.map(OrganizationOrder::from).unwrap_or_default();
        let asked = (wants_total_count(ctx), asked_of_nodes(ctx).iter().all(|field| ON_CARD.contains(field)));
        let page = organizations(directory(ctx)?, filter.unwrap_or_default(), order, &args, asked);
        page.await.map_err(|error| failure(ctx, error))
    }

    /// A place by its code, an official number or its name; null where that names none without doubt.
    async fn place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A code (`segou`), an official number (`ML-4`) or a name (`Ségou`).")] code: String,
    ) -> async_graphql::Result<Option<Place>> {
        let room = directory(ctx)?;
        let gazetteer = room.gazetteer();
        let found = gazetteer.locate(&code, room.today()).map(|place| place.code.clone());
        found.map_or(Ok(None), |code| Place::of(ctx, &code))
    }

    /// Places: those that a text may mean, the best first; those directly in another, by name; or both conditions at
    /// once. Without either, the regions.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn places(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only places directly in this one: a code, an official number or a name.")]
        parent_code: Option<String>,
        #[graphql(
            desc = "Only places that people may mean by this text: names, former names and other spellings, beginnings of words; case and accents do not matter and one slip is forgiven."
        )]
        text: Option<String>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PlaceConnection> {
        let args = page_args(first, after, last, before);
        let page = places(directory(ctx)?, parent_code.as_deref(), text.as_deref(), &args);
        page.map_err(|error| failure(ctx, error))
    }

    /// The definitions of women's ownership and leadership, as they stand today and stood before.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn ownership_definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OwnershipRulesConnection> {
        let args = page_args(first, after, last, before);
        definitions(directory(ctx)?, &args).map_err(|error| failure(ctx, error))
    }
}

async fn organizations(
    directory: &Directory,
    filter: OrganizationFilter,
    order: OrganizationOrder,
    args: &PageArgs,
    (count, cards): (bool, bool),
) -> Outcome<OrganizationConnection> {
    let query = OrganizationQuery::new(filter.read(directory)?, order, args)?;
    let cards = match cards {
        true => directory.organization_cards(&query).await?,
        false => None,
    };
    let slice = match cards {
        Some(cards) => cards.map(Organization::from),
        None => directory.organizations(&query).await?.map(Organization::from),
    };
    let total = if count { Some(directory.count_organizations(&query.filter).await?) } else { None };
    Ok(OrganizationConnection::new(slice, |organization| (organization.cursor(order), organization), total))
}

fn places(
    directory: &Directory,
    parent: Option<&str>,
    text: Option<&str>,
    args: &PageArgs,
) -> Outcome<PlaceConnection> {
    let gazetteer = directory.gazetteer();
    let today = directory.today();
    let parent = parent.map(|typed| directory.filter_place(typed, &["parentCode"])).transpose()?;
    let within = parent.as_ref().map(|parent| parent.code.as_str());
    let found = match (text, within) {
        (None, within) => gazetteer.children(within.unwrap_or(model::place::COUNTRY), today),
        (Some(text), within) => {
            let short: String = text.chars().take(query::TEXT_LENGTH_MAX).collect();
            let matches = gazetteer.find(&short, today, usize::MAX).into_iter().map(|found| found.place);
            matches.filter(|place| within.is_none_or(|code| place.parent_on(today) == Some(code))).collect()
        }
    };
    place::page(&gazetteer, found, args)
}

fn definitions(directory: &Directory, args: &PageArgs) -> Outcome<OwnershipRulesConnection> {
    let page = Page::new(DEFINITIONS, args, SortValue::is_text)?;
    let sets = directory.rules().sets();
    let total = i64::try_from(sets.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(sets.iter().collect(), |set, version| set.version == version)?;
    let turn =
        |set: &model::ownership::RuleSet| (Page::memory_cursor(DEFINITIONS, &set.version), OwnershipRules(set.clone()));
    Ok(OwnershipRulesConnection::new(slice, turn, Some(total)))
}
