using System.Text;

namespace Serverless.Local.Sqlite;

/// <summary>A statement's text and the values of its parameters, numbered in the order they are added.</summary>
internal sealed class SqlBuilder
{
    private readonly StringBuilder text = new();
    private readonly List<SqlValue> values = [];
    private readonly Dictionary<string, string> texts = [];

    public string Text => text.ToString();

    public SqlBuilder Append(string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>Adds a parameter.</summary>
    /// <returns>Its name in SQL.</returns>
    public string Parameter(SqlValue value)
    {
        values.Add(value);
        return $"?{values.Count}";
    }

    /// <summary>The parameter of a text that may recur, so that the same expression twice is the same SQL.</summary>
    public string Shared(string value) => texts.TryGetValue(value, out var known) ? known : texts[value] = Parameter(SqlValue.Of(value));

    /// <summary>Binds the values to a statement of this text.</summary>
    public Statement Bind(Statement statement)
    {
        for (var index = 0; index < values.Count; index++)
        {
            statement.Bind(index + 1, values[index]);
        }

        return statement;
    }
}
