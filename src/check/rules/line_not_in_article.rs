//! A line of furniture or captions that no line of the article begins with. Found where the check reads articles.
