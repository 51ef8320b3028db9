using System.Text;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Printing;

/// <summary>Prints sources and clauses. A clause that is absent prints nothing, else it begins with a space.</summary>
internal static class ClausePrinting
{
    public static StringBuilder Clause(this StringBuilder text, Node node) =>
        node switch
        {
            Field field => text.Field(field),
            Dimension dimension => text.Expr(dimension.Expr),
            SortField sort => text.SortField(sort),
            Target target => text.Append("INTO ").Target(target),
            Fill { Option: FillOption.Null } => text.Append("fill(null)"),
            Fill fill => text.Append(new StringBuilder().Fill(fill).ToString().TrimStart()),
            TagKeyFilter keys => text.Append("WITH KEY ").TagKeys(keys),
            _ => throw new ArgumentException($"There is no text for {node.GetType().Name}.", nameof(node)),
        };

    public static StringBuilder Field(this StringBuilder text, Field field)
    {
        text.Expr(field.Expr);
        return field.Alias is null ? text : text.Append(" AS ").Append(Quote.Ident(field.Alias));
    }

    public static StringBuilder Source(this StringBuilder text, Source source) =>
        source switch
        {
            SubQuery query => text.Append('(').Statement(query.Statement).Append(')'),
            Measurement { Regex: { } regex } measurement => text.Qualifier(measurement.Database, measurement.RetentionPolicy).Expr(regex),
            Measurement measurement => text.Qualifier(measurement.Database, measurement.RetentionPolicy)
                .Append(Quote.Ident(measurement.Name)),
            _ => throw new ArgumentException($"There is no text for {source.GetType().Name}.", nameof(source)),
        };

    public static StringBuilder Target(this StringBuilder text, Target target)
    {
        if (target.Name is not null)
        {
            return text.Qualifier(target.Database, target.RetentionPolicy).Append(Quote.Ident(target.Name));
        }

        return target is { Database: null, RetentionPolicy: null }
            ? text.Append("\"\"")
            : text.Qualifier(target.Database, target.RetentionPolicy).Append(":MEASUREMENT");
    }

    public static StringBuilder On(this StringBuilder text, string? database) =>
        database is null ? text : text.Append(" ON ").Append(Quote.Ident(database));

    public static StringBuilder From(this StringBuilder text, ValueList<Source> sources) =>
        sources.Count == 0 ? text : text.Append(" FROM ").Joined(sources, Source);

    public static StringBuilder Where(this StringBuilder text, Expr? condition) =>
        condition is null ? text : text.Append(" WHERE ").Expr(condition);

    public static StringBuilder GroupBy(this StringBuilder text, ValueList<Dimension> dimensions) =>
        dimensions.Count == 0 ? text : text.Append(" GROUP BY ").Joined(dimensions, (builder, dimension) => builder.Expr(dimension.Expr));

    public static StringBuilder Fill(this StringBuilder text, Fill fill) =>
        fill.Option switch
        {
            FillOption.None => text.Append(" fill(none)"),
            FillOption.Previous => text.Append(" fill(previous)"),
            FillOption.Linear => text.Append(" fill(linear)"),
            FillOption.Number when fill.Value is NumberLiteral number => text.Append($" fill({Numbers.Format(number.Value)})"),
            FillOption.Number => text.Append($" fill({fill.Value})"),
            _ => text,
        };

    public static StringBuilder OrderBy(this StringBuilder text, ValueList<SortField> sort) =>
        sort.Count == 0 ? text : text.Append(" ORDER BY ").Joined(sort, SortField);

    public static StringBuilder Rows(this StringBuilder text, Page page) =>
        text.Number(" LIMIT ", page.Limit).Number(" OFFSET ", page.Offset);

    public static StringBuilder Series(this StringBuilder text, Page page) =>
        text.Number(" SLIMIT ", page.Limit).Number(" SOFFSET ", page.Offset);

    public static StringBuilder Number(this StringBuilder text, string words, long number) =>
        number == 0 ? text : text.Append(words).Append(number);

    public static StringBuilder TagKeys(this StringBuilder text, TagKeyFilter keys)
    {
        text.Append(keys.Operator.Text()).Append(' ');
        return keys.Keys is StringLiteral name ? text.Append(Quote.Ident(name.Value)) : text.Expr(keys.Keys);
    }

    private static StringBuilder SortField(this StringBuilder text, SortField sort) =>
        text.Append(sort.Name is null ? "" : sort.Name + " ").Append(sort.Ascending ? "ASC" : "DESC");

    private static StringBuilder Qualifier(this StringBuilder text, string? database, string? policy)
    {
        if (database is not null)
        {
            text.Append(Quote.Ident(database)).Append('.');
        }

        text.Append(policy is null ? "" : Quote.Ident(policy));
        return database is null && policy is null ? text : text.Append('.');
    }
}
