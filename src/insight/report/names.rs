//! What indicators and groups are called.

use std::collections::HashMap;

use crate::{
    accounts::{Actor, OrganizationId},
    catalog::Catalog,
    directory::Directory,
    insight::{
        Insight,
        model::report::{
            indicators::Indicator,
            scope::{GroupBy, NONE},
            told::{Names, Report},
        },
    },
    kernel::{
        Fault,
        locale::{Locale, message},
    },
};

/// Names of a report's indicators and groups, in a language.
#[derive(Debug, Clone, Default)]
pub struct ReportNames {
    language: Locale,
    groups: HashMap<String, String>,
}

impl Insight {
    /// Names for a report. An organization that the actor may not see is told by its id.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn report_names(&self, actor: &Actor, report: &Report, language: Locale) -> Result<ReportNames, Fault> {
        let mut groups = HashMap::new();
        let keys = report.indicators.iter().flat_map(|told| &told.groups).map(|(key, _)| key.as_str());
        match report.scope.group_by {
            Some(GroupBy::Buyer) => {
                let ids: Vec<OrganizationId> = keys.filter_map(|key| key.parse().ok()).collect();
                let found = self.directory.organizations_by_ids(actor, &ids).await?;
                groups.extend(found.into_iter().map(|(id, organization)| (id.to_string(), organization.name.clone())));
            }
            Some(GroupBy::Region) => groups.extend(keys.filter_map(|key| region(&self.directory, key))),
            Some(GroupBy::Product) => groups.extend(keys.filter_map(|key| product(&self.catalog, key, language))),
            Some(GroupBy::Method | GroupBy::LotSize | GroupBy::Period | GroupBy::Quarter | GroupBy::EvidenceLevel)
            | None => {}
        }
        groups.insert(NONE.to_owned(), message(language, "indicator-group-none", []));
        Ok(ReportNames { language, groups })
    }
}

fn region(directory: &Directory, key: &str) -> Option<(String, String)> {
    Some((key.to_owned(), directory.gazetteer().place(key)?.name().to_owned()))
}

fn product(catalog: &Catalog, key: &str, language: Locale) -> Option<(String, String)> {
    Some((key.to_owned(), catalog.taxonomy().product(key)?.names.best(language)?.to_owned()))
}

impl Names for ReportNames {
    fn indicator(&self, indicator: &Indicator) -> String {
        message(self.language, indicator.name, [])
    }

    fn group(&self, key: &str) -> String {
        self.groups.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
}
