//! A person who can sign in, reachable by phone, e-mail or both.

use sea_orm::entity::prelude::*;

/// A row of `user_account`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_account")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Her name as she writes it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// E.164, with the leading `+`.
    #[sea_orm(column_type = "Text", nullable, unique)]
    pub phone: Option<String>,
    /// As normalized at sign-up.
    #[sea_orm(column_type = "Text", nullable, unique)]
    pub email: Option<String>,
    /// Preferred language, a `Locale` code.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// An argon2id hash in PHC string form.
    #[sea_orm(column_type = "Text")]
    pub password_hash: String,
    /// `ACTIVE` or `BLOCKED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Counts changes from 1.
    pub version: i64,
    /// When she signed up.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Its rows of `membership`.
    #[sea_orm(has_many)]
    pub memberships: HasMany<super::membership::Entity>,
    /// Its rows of `session`.
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
    /// When it was erased on its owner's wish; what is left of it is its id.
    pub erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
