using System.Text.RegularExpressions;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>How Haltian builds the ids of deployment groups (reference C.1).</summary>
internal static partial class GroupIds
{
    private const string Production = "pr";

    /// <summary>Whether it is environment, country, two reserved characters, and the customer's own part. [I]</summary>
    public static bool IsStrict(string id) => Strict().IsMatch(id);

    /// <summary>
    /// The topic on which a thing's message is published: cloudext/json/{env}/{country}/{groupId}/{tuid}/{messageId}; null for groups of the environments that are not published, unassigned among
    /// them. A group of another form has no environment and country: cloudext/json/{groupId}/{tuid}/{messageId}. [I]
    /// </summary>
    public static string? TopicOf(string group, string tuid, int tsmId) =>
        !IsStrict(group) ? $"{TopicRoot}/{Level(group)}/{Level(tuid)}/{tsmId}"
        : group.StartsWith(Production, StringComparison.Ordinal) ? $"{TopicRoot}/{group[..2]}/{group[2..4]}/{group}/{Level(tuid)}/{tsmId}"
        : null;

    private const string TopicRoot = "cloudext/json";

    [GeneratedRegex("^(un|pr|dm|rd)[a-z]{2}[a-z0-9]{2}[a-z0-9]{0,58}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Strict();

    /// <summary>A name as one level of a topic: what has a meaning there is an underscore.</summary>
    private static string Level(string name) => string.Concat(name.Select(c => c is '/' or '+' or '#' or '\0' ? '_' : c));
}
