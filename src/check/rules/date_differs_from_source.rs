//! A date that is not the one its words give. The calendar is in [`crate::check::dating`].
