using System.Text;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>The topics that one client has subscribed to, and the way to it. What it has not asked for is not sent.</summary>
/// <param name="defaultCollection">The collection that s/dd and s/ud stand for, or null.</param>
internal sealed class ClientTopics(string? defaultCollection)
{
    public const string Static = "s/ds";
    public const string Notifications = "devicecontrol/notifications";
    public const string Default = "s/dd";
    public const string Custom = "s/dc/";
    public const string Errors = "s/e";
    public const string JsonErrors = "error";
    public const string Registrations = "s/dt";
    public const string Tokens = "s/dat";
    public const string Credentials = "s/dcr";

    private static readonly HashSet<string> Fixed =
    [
        Static,
        Notifications,
        Default,
        Errors,
        JsonErrors,
        Registrations,
        Tokens,
        Credentials,
    ];

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> filters = [];
    private ITopicLink? link;

    public void Begin(ITopicLink link) => this.link = link;

    /// <summary>Whether there is such a topic to subscribe to: devices may not read what devices publish.</summary>
    public static bool IsKnown(string filter) => Fixed.Contains(filter) || (filter.Split('/') is ["s", "dc", { Length: > 0 }]);

    public void Add(string filter, int qos)
    {
        lock (gate)
        {
            filters[filter] = qos;
        }
    }

    public void Remove(string filter)
    {
        lock (gate)
        {
            filters.Remove(filter);
        }
    }

    /// <summary>Whether the client has subscribed to the operations of every collection.</summary>
    public bool HasEveryCollection
    {
        get
        {
            lock (gate)
            {
                return filters.Keys.Any(filter => filter.StartsWith(Custom, StringComparison.Ordinal) && IsWildcard(filter));
            }
        }
    }

    /// <summary>The topics of operations that the client has subscribed to by their names.</summary>
    public IReadOnlyList<string> OfOperations()
    {
        lock (gate)
        {
            return
            [
                .. filters.Keys.Where(filter =>
                    filter is Static or Notifications or Default
                    || (filter.StartsWith(Custom, StringComparison.Ordinal) && !IsWildcard(filter))
                ),
            ];
        }
    }

    /// <summary>The collection whose rows go on a topic, or null.</summary>
    public string? CollectionOf(string topic) =>
        topic == Default ? defaultCollection
        : topic.StartsWith(Custom, StringComparison.Ordinal) ? topic[Custom.Length..]
        : null;

    /// <summary>Sends the client a message where it has subscribed to the topic. What it acknowledges is not waited for: its acknowledgements are read behind this call.</summary>
    public void Publish(string topic, string payload)
    {
        int? qos;
        lock (gate)
        {
            qos = filters.Where(filter => TopicFilter.Matches(filter.Key, topic)).Select(filter => (int?)filter.Value).Max();
        }

        if (qos is { } granted && link is { } client)
        {
            _ = client.PublishAsync(new TopicMessage(topic, Encoding.UTF8.GetBytes(payload), granted));
        }
    }

    public void Close(string reason) => link?.Close(reason);

    private static bool IsWildcard(string filter) => filter[^1] is '#' or '+';
}
