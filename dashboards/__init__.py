"""The Grafana dashboards as code: each module says what one of them shows, ``drawing`` turns that into Grafana's JSON.

``make dashboards`` writes grafana/dashboards/; a test holds what is kept there to what is said here. Only this package
imports Grafana's SDK, and the product imports none of it. Alerts link to panels by their numbers: a number, once given,
is not given to another panel.
"""
