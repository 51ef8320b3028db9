using System.Text.Json;

namespace Serverless.Domain.Documents;

/// <summary>Finds the members that paths name.</summary>
public static class MemberPathExtensions
{
    /// <summary>The member at the end of the path, or null where there is none. A path leads through objects only; of members that share a name the first counts.</summary>
    public static JsonElement? Find(this MemberPath path, JsonElement document)
    {
        var current = document;
        foreach (var name in path.Names)
        {
            if (Member(current, name) is not { } next)
            {
                return null;
            }

            current = next;
        }

        return current;
    }

    private static JsonElement? Member(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.NameEquals(name))
            {
                return member.Value;
            }
        }

        return null;
    }
}
