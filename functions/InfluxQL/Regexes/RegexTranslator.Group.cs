using System.Runtime.InteropServices;
using System.Text;

namespace Serverless.InfluxQL.Regexes;

internal sealed partial class RegexTranslator
{
    /// <summary>The flags i, m and s; laziness (U) changes no match's existence and is dropped.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Flags(bool IgnoreCase, bool Multiline, bool DotAll)
    {
        public string Fold(string atom) => IgnoreCase ? $"(?i:{atom})" : atom;

        /// <summary>With one flag set or cleared; null if the letter is none.</summary>
        public Flags? With(char flag, bool on) =>
            flag switch
            {
                'i' => this with { IgnoreCase = on },
                'm' => this with { Multiline = on },
                's' => this with { DotAll = on },
                'U' => this,
                _ => null,
            };
    }

    /// <summary>What stands between two parentheses: finished alternatives and the atoms of the one that is being read.</summary>
    private sealed class Group(Flags flags)
    {
        private readonly StringBuilder finished = new();
        private string? last;
        private int lastWeight;

        public Flags Flags { get; set; } = flags;

        /// <summary>How often the innermost part is repeated, at most, when repetitions within repetitions multiply.</summary>
        public int Weight { get; private set; } = 1;

        public bool CanRepeat => last is not null;

        public void Add(string atom, int weight)
        {
            Flush();
            (last, lastWeight) = (atom, weight);
        }

        /// <summary>Repeats the last atom; false if repetitions within it multiply to too many.</summary>
        public bool Repeat(string text, int times)
        {
            last = $"(?:{last}){text}";
            lastWeight *= Math.Max(times, 1);
            return lastWeight <= MaxRepeat;
        }

        public void NextAlternative()
        {
            Flush();
            finished.Append('|');
        }

        public string Close()
        {
            Flush();
            return finished.ToString();
        }

        private void Flush()
        {
            finished.Append(last);
            Weight = Math.Max(Weight, lastWeight);
            last = null;
        }
    }
}
