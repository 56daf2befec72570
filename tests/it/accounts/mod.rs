//! Signing up and in, sessions, invitations, memberships: through the use cases, and once through GraphQL.

mod graphql;
mod invitations;
mod members;
mod memberships_over_http;
mod over_http;
mod platform_roles;
mod room;
mod sessions;
mod sign_in;
mod sign_up;
