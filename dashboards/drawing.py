"""From a ``Board`` to Grafana's JSON, by Grafana's own SDK. Everything that Grafana wants and no module should say.

It knows nothing of what is shown. The data source is a variable, so that a dashboard works wherever it is imported; so
is the address of the console, which links lead to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from grafana_foundation_sdk.builders import common as common_parts
from grafana_foundation_sdk.builders import dashboard as parts
from grafana_foundation_sdk.builders import heatmap, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import Dataquery, PromQueryFormat

from dashboards.panels import Board, Form, Link, Panel, Query

_SOURCE = models.DataSourceRef("prometheus", "${datasource}")
_TABLES = frozenset((Form.TABLE, Form.MATRIX))
_REFS = "ABCDEFGH"
_FIRST_ROW = 1001  # numbers of headings, beyond those of panels
_TAG = "practicum"
_OF_SERIES = ("__name__", "instance", "job")  # labels that a table never shows


class _Built(Builder[models.Panel]):
    """A panel that is built already, for a dashboard that takes builders."""

    def __init__(self, panel: models.Panel) -> None:
        self._panel = panel

    def build(self) -> models.Panel:
        return self._panel


def drawn(board: Board) -> str:
    """The JSON of a dashboard, as it is kept."""
    whole = (
        parts.Dashboard(f"Practicum: {board.title}")
        .uid(board.uid)
        .description(board.description)
        .tags([_TAG])
        .editable()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time("now-6h", "now")
        .refresh("30s")
        .timezone("browser")
        .link(_others())
        .annotation(_rollbacks())
    )
    for variable in _variables(board):
        whole.with_variable(variable)
    for number, row in enumerate(board.rows, _FIRST_ROW):
        whole.with_row(parts.Row(row.title).id(number))
        for panel in row.panels:
            whole.with_panel(_Built(_panel(panel)))
    return json.dumps(whole.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _others() -> parts.DashboardLink:
    """From each dashboard to all the others, with what is chosen and the time."""
    link = parts.DashboardLink("Practicum").type(models.DashboardLinkType.DASHBOARDS).tags([_TAG])
    return link.as_dropdown(False).include_vars(True).keep_time(True).icon("external link")


def _rollbacks() -> parts.AnnotationQuery:
    """A mark on every panel where a route was rolled back."""
    query = prometheus.Dataquery().expr('max by (route) (practicum_phase_info{route=~"$route", phase="rolled_back"})')
    mark = parts.AnnotationQuery().name("rolled back").datasource(_SOURCE).enable(True).icon_color("red")
    return mark.expr(query.build().expr)


def _variables(board: Board) -> list[Builder[models.VariableModel]]:
    source = parts.DatasourceVariable("datasource").label("data source").type("prometheus")
    console = parts.TextBoxVariable("console").label("console").default_value("http://localhost:9090")
    console.description("Where the admin port is to be reached from a browser; links to pairs and gates lead there.")
    chosen = [_choice(label, of) for label, of in (("route", "practicum_phase_info"), *board.chosen)]
    return [source, *chosen, console]


def _choice(label: str, of: str) -> parts.QueryVariable:
    """One or several values of a label, all of them at first; those of the chosen routes."""
    within = of if label == "route" else f'{of}{{route=~"$route"}}'
    query: dict[str, object] = {"query": f"label_values({within},{label})", "refId": f"choose-{label}"}
    everything = models.VariableOption(text="All", value="$__all")
    variable = parts.QueryVariable(label).label(label).query(query).datasource(_SOURCE).current(everything)
    variable.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.ALPHABETICAL_ASC)
    return variable.multi(True).include_all(True).all_value(".*")


def _panel(panel: Panel) -> models.Panel:
    made = _canvas(panel)
    made.id_val = panel.number
    made.title = panel.title
    made.description = panel.description
    made.datasource = _SOURCE
    made.grid_pos = models.GridPos(h=panel.height, w=panel.width)
    made.targets = [_target(query, ref, panel.form) for query, ref in zip(panel.queries, _REFS, strict=False)]
    made.transformations = _transformations(panel)
    _values(panel, made)
    return made


def _target(query: Query, ref: str, form: Form) -> Dataquery:
    asked = prometheus.Dataquery().expr(query.expr).ref_id(ref).datasource(_SOURCE).exemplar(query.exemplars)
    if query.legend:
        asked.legend_format(query.legend)
    if form in _TABLES:
        asked.format(PromQueryFormat.TABLE)
    if form is Form.HEAT:
        asked.format(PromQueryFormat.HEATMAP)
    return (asked.instant() if query.now or form in _TABLES else asked.range()).build()


def _values(panel: Panel, made: models.Panel) -> None:
    """The unit, the colors and the words of a panel's values."""
    if made.field_config is None:
        made.field_config = models.FieldConfigSource()
    values = made.field_config.defaults
    values.unit = panel.unit
    values.no_value = panel.nothing
    values.min_val, values.max_val = panel.least, panel.most
    values.links = [_link(link) for link in panel.links] or None
    if panel.words:
        said = {f"{w.value:g}": models.ValueMappingResult(text=w.text, color=w.color) for w in panel.words}
        values.mappings = [models.ValueMap(said)]
    if panel.colors:
        steps = [models.Threshold(color.above, color.name) for color in panel.colors]
        values.thresholds = models.ThresholdsConfig(models.ThresholdsMode.ABSOLUTE, steps)
        if panel.form in {Form.STAT, Form.NAMES, Form.STATES, *_TABLES}:
            values.color = models.FieldColor(models.FieldColorModeId.THRESHOLDS)


def _link(link: Link) -> models.DashboardLink:
    made = parts.DashboardLink(link.title).type(models.DashboardLinkType.LINK).url(link.url)
    return made.target_blank(True).build()


def _transformations(panel: Panel) -> list[models.DataTransformerConfig] | None:
    if panel.form is Form.MATRIX:
        row, column = panel.cells
        how = {"rowField": row, "columnField": column, "valueField": "Value"}
        return [models.DataTransformerConfig("groupingToMatrix", options=how)]
    if panel.form is not Form.TABLE:
        return None
    names = dict(panel.columns or {})
    hidden = dict.fromkeys(("Time", *_OF_SERIES, *(name for name, said in names.items() if not said)), True)
    organized = {"excludeByName": hidden, "renameByName": {name: said for name, said in names.items() if said}}
    return [
        models.DataTransformerConfig("merge", options={}),
        models.DataTransformerConfig("organize", options=organized),
    ]


def _canvas(panel: Panel) -> models.Panel:
    """The kind of panel that a form is drawn on."""
    match panel.form:
        case Form.LINES | Form.STACKED:
            return _lines(panel)
        case Form.STAT | Form.NAMES:
            return _stat(panel)
        case Form.STATES:
            bands = statetimeline.Panel().show_value(common.VisibilityMode.AUTO).merge_values(True)
            return bands.legend(common_parts.VizLegendOptions().show_legend(False)).build()
        case Form.HEAT:
            axis = heatmap.YAxisConfig().unit(panel.unit)
            return heatmap.Panel().calculate(False).y_axis(axis).exemplars_color("rgba(255,0,255,0.7)").build()
        case _:
            cell = common.TableColorTextCellOptions() if panel.words else common.TableAutoCellOptions()
            return table.Panel().cell_options(cell).filterable(True).build()


def _lines(panel: Panel) -> models.Panel:
    legend = common_parts.VizLegendOptions().show_legend(True).display_mode(common.LegendDisplayMode.TABLE)
    legend.placement(common.LegendPlacement.BOTTOM).calcs(["lastNotNull", "max"])
    tooltip = common_parts.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI)
    tooltip.sort(common.SortOrder.DESCENDING)
    lines = timeseries.Panel().legend(legend).tooltip(tooltip).line_width(1).show_points(common.VisibilityMode.AUTO)
    if panel.form is Form.STACKED:
        normal = common_parts.StackingConfig().mode(common.StackingMode.NORMAL).group("A")
        lines.stacking(normal).fill_opacity(30)
    if panel.colors:
        dashed = common_parts.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        lines.thresholds_style(dashed)
    return lines.build()


def _stat(panel: Panel) -> models.Panel:
    names = panel.form is Form.NAMES
    last = common_parts.ReduceDataOptions().calcs(["lastNotNull"])
    shown = stat.Panel().reduce_options(last).graph_mode(common.BigValueGraphMode.NONE if names else _sparkline(panel))
    mode = common.BigValueTextMode.NAME if names else common.BigValueTextMode.AUTO
    return shown.text_mode(mode).color_mode(common.BigValueColorMode.VALUE).build()


def _sparkline(panel: Panel) -> common.BigValueGraphMode:
    past = any(not query.now for query in panel.queries)
    return common.BigValueGraphMode.AREA if past else common.BigValueGraphMode.NONE


def kept(boards: Sequence[Board]) -> dict[str, str]:
    """The files of all dashboards, by name."""
    return {f"{board.uid.removeprefix('practicum-')}.json": drawn(board) for board in boards}
