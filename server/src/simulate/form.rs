//! Forms as a browser without scripting reads them: enough HTML for our own pages and the sandboxes'.

/// A form and what it sends as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Form {
    /// Where it goes.
    pub(super) action: String,
    /// Names and values, without the buttons'.
    pub(super) fields: Vec<(String, String)>,
}

impl Form {
    /// Fills a field in, or adds it.
    pub(super) fn fill(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }
}

/// The forms of a page.
pub(super) fn forms(page: &str) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    let (mut inside, mut choice) = (false, None);
    for tag in Tags(page) {
        match tag.name {
            "form" => {
                inside = true;
                found.push(Form { action: tag.value("action").unwrap_or_default(), fields: Vec::new() });
            }
            "/form" => inside = false,
            "select" => choice = tag.value("name").map(|name| (name, None::<String>)),
            "option" => {
                if let Some((_, chosen)) = &mut choice
                    && (chosen.is_none() || tag.has("selected"))
                {
                    *chosen = tag.value("value");
                }
            }
            "/select" => {
                if let (Some((name, Some(value))), Some(form), true) = (choice.take(), found.last_mut(), inside) {
                    form.fields.push((name, value));
                }
            }
            "input" if inside => {
                let kind = tag.value("type").unwrap_or_default();
                let sent = match kind.as_str() {
                    "checkbox" | "radio" => tag.has("checked"),
                    "submit" | "button" | "image" | "reset" | "file" => false,
                    _ => true,
                };
                if let (Some(name), Some(form), true) = (tag.value("name"), found.last_mut(), sent) {
                    form.fields.push((name, tag.value("value").unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Where the page's links lead.
pub(super) fn links(page: &str) -> Vec<String> {
    Tags(page).filter(|tag| tag.name == "a").filter_map(|tag| tag.value("href")).collect()
}

struct Tag<'a> {
    name: &'a str,
    rest: &'a str,
}

/// The tags of a page, in their order. What stands in a script is no tag.
struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let (_, after) = self.0.split_once('<')?;
            if let Some(comment) = after.strip_prefix("!--") {
                self.0 = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let end = end_of_tag(after)?;
            let (tag, rest) = (after.get(..end)?, after.get(end + 1..)?);
            self.0 = rest;
            let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().trim_end_matches('/');
            if name == "script" || name == "style" {
                let closing = format!("</{name}");
                self.0 = rest.find(&closing).and_then(|at| rest.get(at..)).unwrap_or_default();
            }
            return Some(Tag { name, rest: tag.get(name.len()..).unwrap_or_default() });
        }
    }
}

/// Where the tag's `>` is: not inside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

impl Tag<'_> {
    fn has(&self, wanted: &str) -> bool {
        self.attributes().any(|(name, _)| name == wanted)
    }

    fn value(&self, wanted: &str) -> Option<String> {
        self.attributes().find(|(name, _)| *name == wanted).map(|(_, value)| plain(value))
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.rest;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let Some(after) = after.strip_prefix('=') else {
                rest = after;
                return Some((name, ""));
            };
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, after) = match quote {
                Some(quote) => after.get(1..).and_then(|text| text.split_once(quote)).unwrap_or((after, "")),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            rest = after;
            Some((name, value))
        })
    }
}

fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")] {
        text = text.replace(entity, letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_a_browser_would() {
        let page = r#"<script>"<form action='/no'>"</script><!--<form action="/no">--><a class="x" href="/checkout/1?a=1&amp;b=2">go</a>
            <input name="outside" value="1"><form method="post" action="/api/x"><input type="hidden" name="a" value="1 &lt; 2 > &quot;">
            <input type="radio" name="r" value="one" checked required><input type="radio" name="r" value="two">
            <input type="checkbox" name="c" value="1"><input name=bare value=yes><button name="choice" value="approve">go</button>
            <select name="s"><option value="1">1</option><option value="2" selected>2</option></select><select name="t"><option value="9">9</option></select></form>"#;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sent = vec![pair("a", "1 < 2 > \""), pair("r", "one"), pair("bare", "yes"), pair("s", "2"), pair("t", "9")];
        assert_eq!(forms(page), [Form { action: "/api/x".into(), fields: sent }]);
        assert_eq!(links(page), ["/checkout/1?a=1&b=2"]);
        let mut form = forms(page).remove(0);
        form.fill("r", "two");
        form.fill("choice", "approve");
        assert!(
            form.fields.contains(&pair("r", "two")) && !form.fields.contains(&pair("r", "one")) && form.fields.contains(&pair("choice", "approve"))
        );
    }

    #[test]
    fn broken_pages_end() {
        for page in ["", "<", "<form", "<a href=\"x", "<!--", "<form action=\"/a\"><input name=", "한<글>"] {
            let _ = (forms(page), links(page));
        }
    }
}
