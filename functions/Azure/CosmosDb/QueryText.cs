using Microsoft.Azure.Cosmos;

namespace Serverless.Azure.CosmosDb;

/// <summary>A query's text and the values of its parameters.</summary>
internal sealed record QueryText(string Text, IReadOnlyList<(string Name, object Value)> Parameters)
{
    public QueryDefinition ToDefinition() =>
        Parameters.Aggregate(new QueryDefinition(Text), (query, parameter) => query.WithParameter(parameter.Name, parameter.Value));
}

/// <summary>Collects the parameters of a query while its text is written.</summary>
internal sealed class QueryParameters
{
    private readonly List<(string Name, object Value)> values = [];

    /// <summary>Adds a string, float64, integer or boolean.</summary>
    /// <returns>Its name in SQL.</returns>
    public string Add(object value)
    {
        var name = $"@p{values.Count}";
        values.Add((name, value));
        return name;
    }

    public QueryText Complete(string text) => new(text, values);
}
