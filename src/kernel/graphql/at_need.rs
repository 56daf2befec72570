//! What resolvers load with, made when the first of them asks for it: a request uses the loaders of a room or two, and there are many
//! rooms.

use std::any::{Any, TypeId};

use async_graphql::{Context, Error};

/// The loaders of one request, of every room.
pub trait AtNeed: Send + Sync {
    /// Those of a type, made now where nobody has asked for them yet; none of a type that is not among them.
    fn of_type(&self, ty: TypeId) -> Option<&(dyn Any + Send + Sync)>;
}

/// The loaders of the request that a context belongs to.
///
/// # Errors
/// When whoever put the schema together has given it none.
pub fn loaders<'c, T: Any + Send + Sync>(ctx: &Context<'c>) -> Result<&'c T, Error> {
    let all = ctx.data_opt::<Box<dyn AtNeed>>();
    let made = all.and_then(|all| all.of_type(TypeId::of::<T>()));
    made.and_then(<dyn Any + Send + Sync>::downcast_ref).map_or_else(|| ctx.data(), Ok)
}
