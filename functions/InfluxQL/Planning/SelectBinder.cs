using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>Finds the sources of a SELECT and of those within it, gives every name its type and expands wildcards, from the innermost to the outermost.</summary>
internal static class SelectBinder
{
    /// <summary>Resolves all sources first, then binds: so the real server's order of errors.</summary>
    /// <exception cref="QueryException">A source or a wildcard is wrong.</exception>
    public static async ValueTask<BoundSelect> BindAsync(CompiledSelect select, ISourceResolver resolver, CancellationToken cancellation)
    {
        var resolved = new Dictionary<Measurement, MeasurementNames>();
        await ResolveAsync(select, resolver, resolved, cancellation);
        return Bind(select, resolved);
    }

    private static async ValueTask ResolveAsync(
        CompiledSelect select,
        ISourceResolver resolver,
        Dictionary<Measurement, MeasurementNames> resolved,
        CancellationToken cancellation
    )
    {
        var inner = 0;
        foreach (var source in select.Statement.Sources)
        {
            if (source is Measurement measurement && !resolved.ContainsKey(measurement))
            {
                resolved[measurement] = new MeasurementNames(await resolver.ResolveAsync(measurement, cancellation));
            }
            else if (source is SubQuery)
            {
                await ResolveAsync(select.Inner[inner++], resolver, resolved, cancellation);
            }
        }
    }

    private static BoundSelect Bind(CompiledSelect select, Dictionary<Measurement, MeasurementNames> resolved)
    {
        var inner = new Queue<CompiledSelect>(select.Inner);
        NameSource[] sources =
        [
            .. select.Statement.Sources.Select(source =>
                source is Measurement measurement ? (NameSource)resolved[measurement] : new SelectNames(Bind(inner.Dequeue(), resolved))
            ),
        ];
        var statement = WildcardExpansion.Expand(WithTypes(select.Statement, new TypeInference(sources)), sources);
        var bound = sources.OfType<SelectNames>().Select(source => source.Select.Statement);
        return new BoundSelect(select, statement with { Sources = WithInner(statement.Sources, bound) }, sources);
    }

    private static ValueList<Source> WithInner(ValueList<Source> sources, IEnumerable<SelectStatement> inner)
    {
        var statements = new Queue<SelectStatement>(inner);
        return [.. sources.Select(source => source is SubQuery ? new SubQuery(statements.Dequeue()) : source)];
    }

    private static SelectStatement WithTypes(SelectStatement statement, TypeInference types)
    {
        Expr? WithType(Expr expr) => expr is VarRef name ? Typed(name, types) : null;
        return statement with
        {
            Fields = [.. statement.Fields.Select(field => field with { Expr = field.Expr.Rewrite(WithType) })],
            Condition = statement.Condition?.Rewrite(WithType),
        };
    }

    private static VarRef Typed(VarRef name, TypeInference types)
    {
        if (name.Type is not (DataType.Unknown or DataType.AnyField))
        {
            return name;
        }

        var type = types.TypeOrUnknown(name);
        return type == DataType.Tag && name.Type == DataType.AnyField ? name : name with { Type = type };
    }
}
