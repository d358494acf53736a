//! The schema of the configuration, derived from the types: one source for the manual, the ranges and the environment overrides.

use std::sync::LazyLock;

use serde_json::Value;

use super::Config;

static ROOT: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Config).to_value());

/// One place in the schema, references followed.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// As the field declares it: description, default, range.
    pub field: &'static Value,
    /// What the field's type is, without `Option` and `$ref`.
    shape: &'static Value,
}

impl Node {
    /// The whole file.
    pub fn root() -> Self {
        Self::of(&ROOT)
    }

    fn of(field: &'static Value) -> Self {
        Self { field, shape: follow(field) }
    }

    /// The keys of a table, in the order the types declare them.
    pub fn properties(self) -> impl Iterator<Item = (&'static str, Self)> {
        self.shape["properties"].as_object().into_iter().flatten().map(|(name, field)| (name.as_str(), Self::of(field)))
    }

    /// One key of a table.
    pub fn property(self, name: &str) -> Option<Self> {
        self.shape["properties"].get(name).map(Self::of)
    }

    /// Whether the key is a table.
    pub fn is_table(self) -> bool {
        self.shape.get("properties").is_some()
    }

    /// The table that each element of an array of tables is.
    pub fn element(self) -> Option<Self> {
        self.shape.get("items").map(Self::of)
    }

    /// Whether the key must be given.
    pub fn requires(self, name: &str) -> bool {
        self.shape["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name))
    }

    /// `string`, `integer`, `boolean`, `array` or `object`, as JSON Schema says it.
    pub fn kind(self) -> &'static str {
        match &self.shape["type"] {
            Value::String(kind) => kind,
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("string"),
            // A closed list of words has no type of its own; anything else without one is free JSON.
            _ if self.words().is_empty() => "object",
            _ => "string",
        }
    }

    /// The words a closed list of values permits.
    pub fn words(self) -> Vec<&'static str> {
        let one_of = self.shape["oneOf"].as_array().into_iter().flatten().filter_map(|variant| variant["const"].as_str());
        let listed = self.shape["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let nested =
            self.shape["oneOf"].as_array().into_iter().flatten().flat_map(|variant| variant["enum"].as_array().into_iter().flatten());
        one_of.chain(listed).chain(nested.filter_map(Value::as_str)).collect()
    }

    /// Smallest and largest number permitted.
    pub fn range(self) -> Option<(i64, i64)> {
        let bound = |name: &str| self.field.get(name).or_else(|| self.shape.get(name)).and_then(Value::as_i64);
        Some((bound("minimum")?, bound("maximum")?))
    }

    /// The doc comment: the field's own, else the type's.
    pub fn description(self) -> &'static str {
        self.own_description().or_else(|| self.shape["description"].as_str()).unwrap_or_default()
    }

    /// The doc comment of the field itself.
    pub fn own_description(self) -> Option<&'static str> {
        self.field["description"].as_str()
    }
}

fn follow(field: &'static Value) -> &'static Value {
    if let Some(name) = field["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
        return follow(&ROOT["$defs"][name]);
    }
    let several = field.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    several.clone().find(|it| it["type"] != "null").filter(|_| several.clone().any(|it| it["type"] == "null")).map_or(field, follow)
}
