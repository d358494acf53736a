//! One contract for both databases (design section 10). SQLite runs in temporary files; PostgreSQL too when
//! `DINHDANH_TEST_POSTGRES` holds the address of a server in which databases may be made.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

/// Runs each test on a fresh database of each kind.
macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&crate::world::World::sqlite()); })+
        }
        mod postgres {
            $(#[test] fn $name() { if let Some(world) = crate::world::World::postgres() { super::$name(&world); } })+
        }
    };
}

mod accounts;
mod backup;
mod bulk;
mod check;
mod clients;
mod consents;
mod expiry;
mod grants;
mod keyring;
mod kill;
mod machines;
mod messages;
mod one_time_codes;
mod opening;
mod plans;
mod schema;
mod sessions;
mod store;
mod world;
