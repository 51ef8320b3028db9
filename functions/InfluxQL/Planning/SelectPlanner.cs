using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>Makes a plan of a SELECT: checks it, finds its sources, types and columns. It reads no points.</summary>
public static class SelectPlanner
{
    /// <summary>Plans a SELECT and those within it.</summary>
    /// <param name="statement">As parsed.</param>
    /// <param name="sources">Where its measurements are looked up.</param>
    /// <param name="context">The time and the limits.</param>
    /// <param name="cancellation">Cancels the look-ups.</param>
    /// <exception cref="QueryException">The statement cannot be run; the message is the real server's.</exception>
    public static async ValueTask<SelectPlan> PlanAsync(
        SelectStatement statement,
        ISourceResolver sources,
        PlanContext context,
        CancellationToken cancellation
    )
    {
        var compiled = new SelectCompiler(context.Now).Compile(statement);
        var bound = await SelectBinder.BindAsync(compiled, sources, cancellation);
        CheckTypes(bound.Statement);
        CheckOffsets(bound);
        BucketLimit.Check(bound, context.Limits.Buckets);
        return ToPlan(bound);
    }

    private static void CheckTypes(SelectStatement statement)
    {
        try
        {
            foreach (var field in statement.Fields)
            {
                TypeInference.OfTyped.TypeOf(field.Expr);
            }
        }
        catch (TypeException error)
        {
            throw new QueryException(error.Message);
        }
    }

    /// <summary>A time as the offset of windows must be an expression; a string alone, which GROUP BY takes, is refused here, after all else, as in the real server.</summary>
    private static void CheckOffsets(BoundSelect select)
    {
        foreach (var dimension in select.Statement.Dimensions)
        {
            if (dimension.Expr is Call { Arguments: [_, StringLiteral offset] })
            {
                throw new QueryException($"invalid time dimension offset: {offset}");
            }
        }

        foreach (var inner in select.Sources.OfType<SelectNames>())
        {
            CheckOffsets(inner.Select);
        }
    }

    private static SelectPlan ToPlan(BoundSelect select)
    {
        var statement = select.Statement;
        Field[] columns = [.. statement.Fields.SelectMany(field => ColumnsOf(field, isWritten: statement.Target is not null))];
        var names = ColumnNames.Of(columns);
        var mapping = new SlotMapping();
        PlannedField[] fields = [.. columns.Select((column, i) => ToPlan(column, names[i], mapping))];
        return new SelectPlan
        {
            Statement = statement,
            Columns = [select.Compiled.TimeName, .. names],
            Fields = fields,
            Calls = mapping.Calls,
            Refs = mapping.Refs,
            Sources = [.. select.Sources.SelectMany(ToPlan)],
            Condition = statement.Condition,
            Options = OptionsOf(select),
            IsSelector =
                mapping.Calls is [{ Call.Name: "first" or "last" or "min" or "max" or "percentile" or "top" or "bottom" or "sample" }],
            Target = statement.Target,
        };
    }

    /// <summary>A field, and unless it is written INTO a measurement, the tags of top() and bottom() after it.</summary>
    private static IEnumerable<Field> ColumnsOf(Field field, bool isWritten) =>
        isWritten ? [field] : [field, .. ColumnNames.ExtraColumns(field.Expr).Select(extra => new Field(extra))];

    private static PlannedField ToPlan(Field column, string name, SlotMapping mapping)
    {
        var expr = mapping.Map(column.Expr);
        return new PlannedField(name, expr, OutputTypes.Of(expr)) { OuterName = ColumnNames.NameOf(column) };
    }

    private static IEnumerable<PlannedSource> ToPlan(NameSource source) =>
        source switch
        {
            MeasurementNames names => names.Measurements,
            SelectNames names => [new SubQuerySource(ToPlan(names.Select))],
            _ => [],
        };

    private static StageOptions OptionsOf(BoundSelect select)
    {
        var statement = select.Statement;
        var (start, end) = select.Compiled.Range.ToNanoseconds();
        string[] tags =
        [
            .. statement
                .Dimensions.Select(dimension => dimension.Expr)
                .OfType<VarRef>()
                .Select(tag => tag.Name)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return new StageOptions
        {
            Interval = Math.Max(0, select.Compiled.Interval),
            Offset = select.Compiled.Offset,
            Zone = select.Compiled.Zone,
            Dimensions = tags,
            GroupBy = tags,
            Start = start,
            End = end,
            Fill = statement.Fill,
            Ascending = statement.IsAscending,
            Rows = statement.Rows,
            Series = statement.Series,
        };
    }
}
