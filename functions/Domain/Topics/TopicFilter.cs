namespace Serverless.Domain.Topics;

/// <summary>MQTT's topic filters (MQTT 3.1.1, section 4.7): + is any one level, # at the end any number of them.</summary>
public static class TopicFilter
{
    /// <summary>Whether a well-formed filter matches a topic name.</summary>
    public static bool Matches(string filter, string topic)
    {
        var (wanted, levels) = (filter.Split('/'), topic.Split('/'));
        if (topic.StartsWith('$') && wanted[0] is "+" or "#")
        {
            return false;
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "#")
            {
                return true;
            }

            if (i >= levels.Length || (wanted[i] != "+" && wanted[i] != levels[i]))
            {
                return false;
            }
        }

        return wanted.Length == levels.Length;
    }
}
