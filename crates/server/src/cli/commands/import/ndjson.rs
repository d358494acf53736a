//! One line of NDJSON: an object with the columns as keys.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::columns::{Refusal, Row, slot};

/// Reads the line. What the line holds is never repeated, except a key that is no column but reads like the name of one.
pub(super) fn row(line: &[u8]) -> Result<Row<'_>, Refusal> {
    let text = std::str::from_utf8(line).map_err(|_| Refusal::row("is not valid UTF-8"))?;
    let mut refusal = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Object { refusal: &mut refusal }.deserialize(&mut reader).and_then(|row| reader.end().map(|()| row));
    match (read, refusal) {
        (Ok(row), None) => Ok(row),
        (_, Some(refusal)) => Err(refusal),
        (Err(error), None) if error.is_data() => Err(Refusal::row("is no JSON object")),
        (Err(error), None) => Err(Refusal::row(format!("is not valid JSON (column {})", error.column()))),
    }
}

/// In a line that was torn or shifted, a value stands where a key should.
fn unknown_key(key: &str) -> Refusal {
    let is_a_name = key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    Refusal::row(if is_a_name { format!("has an unknown key `{key}`") } else { "has an unknown key".to_owned() })
}

struct Object<'r> {
    refusal: &'r mut Option<Refusal>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Row<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Row<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
        let mut row = Row::new();
        let mut seen = [false; super::columns::COLUMNS.len()];
        while let Some(Text(Some(key))) = map.next_key::<Text<'de>>()? {
            if key == "person" {
                row.person = map.next_value::<Option<Map<String, Value>>>().inspect_err(|_| {
                    *self.refusal = Some(Refusal::further("person".to_owned(), "is no object"));
                })?;
                continue;
            }
            let Some(slot) = slot(&key) else {
                *self.refusal = Some(unknown_key(&key));
                return Err(A::Error::custom("unknown key"));
            };
            if std::mem::replace(&mut seen[slot], true) {
                *self.refusal = Some(Refusal::row(format!("has the key `{key}` twice")));
                return Err(A::Error::custom("twice"));
            }
            let Text(text) = map.next_value::<Text<'de>>().inspect_err(|_| {
                *self.refusal = Some(Refusal { field: Some(super::columns::COLUMNS[slot].into()), problem: "must be text".into() });
            })?;
            if let Some(text) = text {
                row.put(slot, text);
            }
        }
        Ok(row)
    }
}

/// Text; a number counts as its text, so that `"account_level": 2` is as good as `"2"`, and null as nothing.
struct Text<'de>(Option<Cow<'de, str>>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_unit<E: Error>(self) -> Result<Text<'de>, E> {
                Ok(Text(None))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
