//! Prints the decision table that `docs/levels-table.md` commits. Stale → the test fails; `UPDATE=1` rewrites it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use account_policy::parameter::{LeapDay, ROWS, Value};
use account_policy::{
    AccountLevel, AccountState, Attribute, AuthenticationLevel, DisclosureRequest, Factor, Facts, HolderKind, IdCard, LockGround,
    LockGrounds, WithheldReason, admit, disclose,
};
use time::Date;
use time::macros::date;

use crate::fixtures::{TODAY, adult, child, foreigner, guardian};

#[test]
fn the_committed_decision_table_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/levels-table.md");
    let printed = document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &printed).expect("docs/levels-table.md is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == printed, "docs/levels-table.md is stale: run the tests once with UPDATE=1 and review the difference");
}

/// A case of the table: what makes it, and the days worth looking at.
struct Case {
    what: &'static str,
    facts: fn(AccountLevel) -> Facts,
    days: &'static [Date],
}

const CASES: &[Case] = &[
    Case { what: "citizen, valid card", facts: adult, days: &[date!(2024 - 06 - 30), date!(2024 - 07 - 01), TODAY] },
    Case { what: "citizen, e-ID locked: HOLDER_REQUEST", facts: |l| locked(l, &[LockGround::HolderRequest]), days: &[TODAY] },
    Case { what: "citizen, e-ID locked: TERMS_BREACH", facts: |l| locked(l, &[LockGround::TermsBreach]), days: &[TODAY] },
    Case { what: "citizen, e-ID locked: CARD_REVOKED_OR_HELD", facts: |l| locked(l, &[LockGround::CardRevokedOrHeld]), days: &[TODAY] },
    Case { what: "citizen, e-ID locked: DEATH", facts: |l| locked(l, &[LockGround::Death]), days: &[TODAY] },
    Case { what: "citizen, e-ID locked: AUTHORITY_REQUEST", facts: |l| locked(l, &[LockGround::AuthorityRequest]), days: &[TODAY] },
    Case {
        what: "citizen, two grounds, one lifted",
        facts: |l| {
            let both = locked(l, &[LockGround::HolderRequest, LockGround::AuthorityRequest]);
            Facts { lock_grounds: both.lock_grounds.without(LockGround::HolderRequest), ..both }
        },
        days: &[TODAY],
    },
    Case { what: "citizen, asked for, not issued", facts: |l| Facts { state: AccountState::Requested, ..adult(l) }, days: &[TODAY] },
    Case {
        what: "citizen, issued, not activated",
        facts: |l| Facts { state: AccountState::IssuedNotActivated, ..adult(l) },
        days: &[TODAY],
    },
    Case {
        what: "citizen, card expires 2026-11-23",
        facts: |l| Facts { card: Some(IdCard { expires_on: Some(date!(2026 - 11 - 23)) }), ..adult(l) },
        days: &[date!(2026 - 11 - 22), date!(2026 - 11 - 23), date!(2026 - 11 - 24)],
    },
    Case {
        what: "citizen, card without time limit",
        facts: |l| Facts { card: Some(IdCard { expires_on: None }), ..adult(l) },
        days: &[TODAY],
    },
    Case { what: "citizen, no card", facts: |l| Facts { card: None, ..adult(l) }, days: &[TODAY] },
    Case { what: "citizen, no e-ID card", facts: |l| Facts { has_eid: false, ..adult(l) }, days: &[TODAY] },
    Case {
        what: "child born 2020-11-23, guardian admitted",
        facts: |l| Facts { birthdate: date!(2020 - 11 - 23).into(), ..child(l) },
        days: &[date!(2026 - 11 - 22), date!(2026 - 11 - 23)],
    },
    Case {
        what: "child born 2012-11-23, guardian admitted",
        facts: |l| Facts { birthdate: date!(2012 - 11 - 23).into(), ..child(l) },
        days: &[date!(2026 - 11 - 22), date!(2026 - 11 - 23)],
    },
    Case {
        what: "child born 2012-02-29, guardian admitted",
        facts: |l| Facts { birthdate: date!(2012 - 02 - 29).into(), ..child(l) },
        days: &[date!(2026 - 02 - 28), date!(2026 - 03 - 01)],
    },
    Case { what: "child of 10, no guardian recorded", facts: |l| Facts { guardian: None, ..child(l) }, days: &[TODAY] },
    Case {
        what: "child of 10, guardian's own account refused",
        facts: |l| Facts { guardian: Some(guardian(false)), ..child(l) },
        days: &[TODAY],
    },
    Case { what: "foreigner, papers valid", facts: foreigner, days: &[TODAY] },
    Case {
        what: "foreigner, account locked: HOLDER_REQUEST",
        facts: |l| Facts { lock_grounds: LockGrounds::NONE.with(LockGround::HolderRequest), ..foreigner(l) },
        days: &[TODAY],
    },
    Case {
        what: "foreigner, residence until 2026-11-23",
        facts: |l| Facts { residence_expires_on: Some(date!(2026 - 11 - 23)), ..foreigner(l) },
        days: &[date!(2026 - 11 - 23), date!(2026 - 11 - 24)],
    },
    Case {
        what: "foreigner, passport until 2026-11-23",
        facts: |l| Facts { travel_document_expires_on: Some(date!(2026 - 11 - 23)), ..foreigner(l) },
        days: &[date!(2026 - 11 - 23), date!(2026 - 11 - 24)],
    },
    Case { what: "foreigner, no residence card", facts: |l| Facts { residence_expires_on: None, ..foreigner(l) }, days: &[TODAY] },
    Case { what: "foreigner, no travel document", facts: |l| Facts { travel_document_expires_on: None, ..foreigner(l) }, days: &[TODAY] },
];

fn locked(level: AccountLevel, grounds: &[LockGround]) -> Facts {
    Facts { lock_grounds: grounds.iter().copied().collect(), ..adult(level) }
}

fn document() -> String {
    let mut out = String::from(
        "# Decision table\n\nPrinted from the rules of `crates/account-policy` by its tests; do not edit by hand. `UPDATE=1 cargo test --release -p account-policy` rewrites it.\nWhat the words mean: [levels.md](levels.md). Account level = mức độ tài khoản, authentication level = mức độ xác thực.\n",
    );
    authentication_levels(&mut out);
    admissions(&mut out);
    attributes(&mut out);
    disclosures(&mut out);
    parameters(&mut out);
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("writing to a String");
}

fn authentication_levels(out: &mut String) {
    use Factor::{CardChip, Device, Face, Fingerprint, OneTimeCode, Passcode, Password};
    out.push_str(
        "\n## 1. Which factors reach which authentication level (Decree 69/2024, Article 20)\n\n| factors proven | level |\n|---|---|\n",
    );
    let sets: [&[Factor]; 11] = [
        &[],
        &[Password],
        &[OneTimeCode],
        &[Face],
        &[Password, Passcode],
        &[Password, OneTimeCode],
        &[Passcode, Device],
        &[Password, Face],
        &[Device, Fingerprint],
        &[Password, OneTimeCode, Face],
        &[CardChip, Passcode, Face],
    ];
    for factors in sets {
        let level = AuthenticationLevel::from_factors(factors).map_or("none".to_owned(), |level| level.number().to_string());
        let names: Vec<String> = factors.iter().map(|factor| format!("{factor:?}")).collect();
        line(out, format_args!("| {} | {level} |", if names.is_empty() { "(none)".to_owned() } else { names.join(" + ") }));
    }
}

fn admissions(out: &mut String) {
    out.push_str("\n## 2. May the account be used at all?\n\n| case | account level | day | answer | article |\n|---|---|---|---|---|\n");
    for case in CASES {
        for level in AccountLevel::ALL {
            for &day in case.days {
                let (answer, basis) = match admit(&(case.facts)(level), day) {
                    Ok(admission) if admission.needs_guardian_consent => {
                        ("yes, with the guardian's consent".to_owned(), "Decree 69/2024/NĐ-CP, Article 14(2)".to_owned())
                    }
                    Ok(_) => ("yes".to_owned(), String::new()),
                    Err(refusal) => (format!("no: `{}`", refusal.cause.code()), refusal.basis.english()),
                };
                line(out, format_args!("| {} | {} | {day} | {answer} | {basis} |", case.what, level.number()));
            }
        }
    }
}

fn attributes(out: &mut String) {
    out.push_str("\n## 3. What each attribute needs\n\n| attribute | account level | authentication level | whose | in force from | article |\n|---|---|---|---|---|---|\n");
    for rule in account_policy::attribute::RULES {
        let whose = match rule.holder {
            None => "everybody",
            Some(HolderKind::Citizen) => "citizens",
            Some(HolderKind::Foreigner) => "foreigners",
        };
        let (account, authentication) = (rule.account_level.number(), rule.authentication_level.number());
        line(
            out,
            format_args!(
                "| `{}` | {account} | {authentication} | {whose} | {} | {} |",
                rule.attribute,
                rule.valid_from,
                rule.basis.english()
            ),
        );
    }
}

fn disclosures(out: &mut String) {
    out.push_str("\n## 4. What is released: level × state × attribute × day\n\nAll attributes asked, account level (A) × authentication level (X; 3 and 4 release what 2 does).\n\n");
    out.push_str("● released · `a` account level too low (Art. 9) · `x` authentication level too low, a step-up helps (Art. 20) · `k` not of this kind of holder · `e` no e-ID card (Art. 28) · – account refused (section 2)\n\n| case | day | A | X |");
    for number in 1..=Attribute::ALL.len() {
        write!(out, " {number} |").expect("writing to a String");
    }
    out.push_str("\n|---|---|---|---|");
    out.push_str(&"---|".repeat(Attribute::ALL.len()));
    out.push('\n');
    for case in CASES {
        for &day in case.days {
            for level in AccountLevel::ALL {
                for authentication in [AuthenticationLevel::One, AuthenticationLevel::Two] {
                    let cells = cells(&(case.facts)(level), authentication, day);
                    line(
                        out,
                        format_args!(
                            "| {} | {day} | {} | {} | {} |",
                            case.what,
                            level.number(),
                            authentication.number(),
                            cells.join(" | ")
                        ),
                    );
                }
                let at = |authentication| cells(&(case.facts)(level), authentication, day);
                assert_eq!(at(AuthenticationLevel::Two), at(AuthenticationLevel::Three));
                assert_eq!(at(AuthenticationLevel::Two), at(AuthenticationLevel::Four));
            }
        }
    }
    out.push_str("\nColumns: ");
    let names: Vec<String> = Attribute::ALL.iter().enumerate().map(|(index, attribute)| format!("{} `{attribute}`", index + 1)).collect();
    out.push_str(&names.join(" · "));
    out.push('\n');
}

fn cells(facts: &Facts, authentication_level: AuthenticationLevel, day: Date) -> Vec<&'static str> {
    let attributes: BTreeSet<Attribute> = Attribute::ALL.into_iter().collect();
    let Ok(disclosure) = disclose(facts, &DisclosureRequest { attributes: &attributes, authentication_level }, day) else {
        return vec!["–"; Attribute::ALL.len()];
    };
    let cell = |attribute| match disclosure.withheld.get(&attribute).map(|withheld| withheld.reason) {
        None => "●",
        Some(WithheldReason::AccountLevelTooLow(_)) => "a",
        Some(WithheldReason::AuthenticationLevelTooLow(_)) => "x",
        Some(WithheldReason::OtherHolderKind) => "k",
        Some(WithheldReason::NoEid | WithheldReason::EidLocked) => "e",
        Some(WithheldReason::NotInForce) => "n",
    };
    Attribute::ALL.into_iter().map(cell).collect()
}

fn parameters(out: &mut String) {
    out.push_str(
        "\n## 5. Legal parameters in the rules\n\n| parameter | value | from | to | article | note |\n|---|---|---|---|---|---|\n",
    );
    for row in ROWS {
        let value = match row.value {
            Value::Years(years) => format!("{years} years"),
            Value::WorkingDays(1) => "1 working day".to_owned(),
            Value::WorkingDays(days) => format!("{days} working days"),
            Value::Days(days) => format!("{days} days"),
            Value::Level(level) => format!("level {level}"),
            Value::Day(day) => day.to_string(),
            Value::Permanent => "permanent".to_owned(),
            Value::Required => "required".to_owned(),
            Value::NotRequired => "not required".to_owned(),
            Value::LeapDay(LeapDay::FirstOfMarch) => "1 March".to_owned(),
            Value::LeapDay(LeapDay::TwentyEighthOfFebruary) => "28 February".to_owned(),
        };
        let to = row.valid_to.map_or(String::new(), |day| day.to_string());
        line(out, format_args!("| `{:?}` | {value} | {} | {to} | {} | {} |", row.key, row.valid_from, row.basis.english(), row.note));
    }
}
