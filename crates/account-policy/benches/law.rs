//! What the law costs at every sign-in and at every release: `cargo bench -p account-policy`.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::hint::black_box;

use account_policy::{
    AccountLevel, AccountState, Attribute, AuthenticationLevel, DisclosureRequest, Facts, HolderKind, IdCard, LockGrounds, admit, disclose,
};
use criterion::{Criterion, criterion_group, criterion_main};
use time::Date;
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 23);

fn law(c: &mut Criterion) {
    let facts = Facts {
        kind: HolderKind::Citizen,
        account_level: AccountLevel::Two,
        state: AccountState::Active,
        birthdate: date!(1990 - 05 - 17).into(),
        card: Some(IdCard { expires_on: Some(date!(2030 - 05 - 17)) }),
        residence_expires_on: None,
        travel_document_expires_on: None,
        lock_grounds: LockGrounds::NONE,
        has_eid: true,
        guardian: None,
    };
    assert!(admit(&facts, TODAY).is_ok());
    c.bench_function("admit", |b| b.iter(|| admit(black_box(&facts), TODAY)));
    let attributes: BTreeSet<_> = Attribute::ALL.into_iter().collect();
    let request = DisclosureRequest { attributes: &attributes, authentication_level: AuthenticationLevel::Two };
    c.bench_function("disclose every attribute", |b| b.iter(|| disclose(black_box(&facts), &request, TODAY)));
}

criterion_group!(benches, law);
criterion_main!(benches);
