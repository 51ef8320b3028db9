using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>What the columns of a row are called.</summary>
internal static class ColumnNames
{
    /// <summary>The alias, the function, the name, or for arithmetic those in it, joined; empty for none.</summary>
    public static string NameOf(Field field) => field.Alias ?? NameOf(field.Expr);

    /// <summary>The tags and fields of top() and bottom(), which are columns of their own.</summary>
    public static IEnumerable<VarRef> ExtraColumns(Expr expr) =>
        expr is Call { Name: "top" or "bottom" } call ? call.Arguments.Skip(1).OfType<VarRef>() : [];

    /// <summary>The name of each column after the time: aliases as they are, and a number after made names that are there already.</summary>
    public static string[] Of(IReadOnlyList<Field> columns)
    {
        var names = new string[columns.Count];
        var taken = new Dictionary<string, int>();
        foreach (var column in columns)
        {
            if (column.Alias is { } alias)
            {
                taken[alias] = 1;
            }
        }

        for (var i = 0; i < names.Length; i++)
        {
            names[i] = columns[i].Alias ?? Free(NameOf(columns[i].Expr), taken);
        }

        return names;
    }

    private static string Free(string name, Dictionary<string, int> taken)
    {
        var free = name;
        if (taken.TryGetValue(name, out var count))
        {
            for (free = $"{name}_{count}"; taken.ContainsKey(free); free = $"{name}_{count}")
            {
                count++;
            }

            taken[name] = count + 1;
        }

        taken[free] = taken.GetValueOrDefault(free) + 1;
        return free;
    }

    private static string NameOf(Expr expr) =>
        expr switch
        {
            Call call => call.Name,
            VarRef name => name.Name,
            ParenExpr paren => NameOf(paren.Inner),
            BinaryExpr => string.Join('_', NamesIn(expr)),
            _ => "",
        };

    private static IEnumerable<string> NamesIn(Expr expr) =>
        expr switch
        {
            Call call => [call.Name],
            VarRef name => [name.Name],
            ParenExpr paren => NamesIn(paren.Inner),
            BinaryExpr binary => NamesIn(binary.Left).Concat(NamesIn(binary.Right)),
            _ => [],
        };
}
