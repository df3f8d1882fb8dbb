"""Who may see the answers: tokens, the link on loopback, and accounts at GitHub or a provider of OpenID Connect.

`guard` says whether a request is signed in, `sessions` holds who is; `routes` are the pages of signing in and out. A way to
sign in is a `provider.Provider`: `github` and `oidc` are two, and `ways` makes them from the settings. Those two, and
`exchange`, which speaks HTTP for them, are imported where they are configured alone: Authlib takes a third of a second.
"""
