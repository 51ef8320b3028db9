namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>A query that is none.</summary>
/// <param name="position">The character, from 1, at which it stops being one.</param>
/// <param name="message">What is wrong there.</param>
internal sealed class QuerySyntaxException(int position, string message) : Exception(message)
{
    public int Position => position;

    public static QuerySyntaxException Expected(string wanted, QueryToken found) =>
        new(found.Position, $"{wanted} is expected, and not {found.Description}.");
}
