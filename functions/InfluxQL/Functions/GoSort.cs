using System.Numerics;

namespace Serverless.InfluxQL.Functions;

/// <summary>An order of items.</summary>
internal interface ILess<T>
{
    static abstract bool IsLess(in T left, in T right);
}

/// <summary>
/// Pattern-defeating quicksort (O. Peters, arXiv:2106.05123) with the parameters of Go 1.19's sort.Sort, which the real server is built with. It is not stable,
/// and which of two equal points an answer shows depends on every exchange that it makes: so they are made in the same order here.
/// </summary>
internal static class GoSort
{
    public static void Sort<T, TLess>(Span<T> items)
        where TLess : struct, ILess<T>
    {
        if (items.Length > 1)
        {
            new Sorter<T, TLess>(items).Run(0, items.Length, BitOperations.Log2((uint)items.Length) + 1);
        }
    }

    private readonly ref struct Sorter<T, TLess>(Span<T> items)
        where TLess : struct, ILess<T>
    {
        private const int ShortestInsertion = 12;
        private const int ShortestNinther = 50;
        private const int ShortestShift = 50;
        private const int MostShifts = 5;
        private const int MostExchanges = 12;

        private readonly Span<T> items = items;

        /// <param name="start">The first item of the range.</param>
        /// <param name="end">The item after it.</param>
        /// <param name="patience">How many bad pivots are borne before it turns to a heap.</param>
        public void Run(int start, int end, int patience)
        {
            var balanced = true;
            var partitioned = true;
            while (end - start > ShortestInsertion)
            {
                if (patience == 0)
                {
                    HeapSort(items[start..end]);
                    return;
                }

                if (!balanced)
                {
                    Scatter(start, end);
                    patience--;
                }

                var (pivot, exchanges) = ChoosePivot(start, end);
                if (exchanges == MostExchanges)
                {
                    items[start..end].Reverse();
                    pivot = end - 1 - (pivot - start);
                    exchanges = 0;
                }

                if (balanced && partitioned && exchanges == 0 && TryFinish(start, end))
                {
                    return;
                }

                if (start > 0 && !IsLess(start - 1, pivot))
                {
                    start = PartitionEqual(start, end, pivot);
                    continue;
                }

                (var middle, partitioned) = Partition(start, end, pivot);
                balanced = Math.Min(middle - start, end - middle) >= (end - start) / 8;
                if (middle - start < end - middle)
                {
                    Run(start, middle, patience);
                    start = middle + 1;
                }
                else
                {
                    Run(middle + 1, end, patience);
                    end = middle;
                }
            }

            InsertionSort(start, end);
        }

        private bool IsLess(int left, int right) => TLess.IsLess(in items[left], in items[right]);

        private void Swap(int left, int right) => (items[left], items[right]) = (items[right], items[left]);

        private void InsertionSort(int start, int end)
        {
            for (var i = start + 1; i < end; i++)
            {
                SinkLeft(i, start);
            }
        }

        /// <summary>Moves an item left until none before it is greater.</summary>
        private void SinkLeft(int at, int start)
        {
            for (; at > start && IsLess(at, at - 1); at--)
            {
                Swap(at, at - 1);
            }
        }

        private static void HeapSort(Span<T> heap)
        {
            for (var i = (heap.Length - 1) / 2; i >= 0; i--)
            {
                SiftDown(heap, i);
            }

            for (var i = heap.Length - 1; i >= 0; i--)
            {
                (heap[0], heap[i]) = (heap[i], heap[0]);
                SiftDown(heap[..i], 0);
            }
        }

        private static void SiftDown(Span<T> heap, int root)
        {
            for (int child; (child = (2 * root) + 1) < heap.Length; root = child)
            {
                if (child + 1 < heap.Length && TLess.IsLess(in heap[child], in heap[child + 1]))
                {
                    child++;
                }

                if (!TLess.IsLess(in heap[root], in heap[child]))
                {
                    return;
                }

                (heap[root], heap[child]) = (heap[child], heap[root]);
            }
        }

        /// <summary>Breaks a pattern that made for a bad pivot: exchanges three items in the middle with others, which the length alone determines.</summary>
        private void Scatter(int start, int end)
        {
            var length = end - start;
            var random = (ulong)length;
            var mask = (2ul << BitOperations.Log2((uint)length)) - 1;
            var middle = start + (length / 4 * 2);
            for (var i = middle - 1; i <= middle + 1; i++)
            {
                random ^= random << 13;
                random ^= random >> 17;
                random ^= random << 5;
                var other = (int)(random & mask);
                Swap(i, start + (other >= length ? other - length : other));
            }
        }

        /// <summary>A median of three, or of three medians of neighbours, and how many pairs stood in the wrong order on the way.</summary>
        private (int Pivot, int Exchanges) ChoosePivot(int start, int end)
        {
            var quarter = (end - start) / 4;
            var (first, second, third) = (start + quarter, start + (quarter * 2), start + (quarter * 3));
            var exchanges = 0;
            if (end - start >= ShortestNinther)
            {
                first = Median(first - 1, first, first + 1, ref exchanges);
                second = Median(second - 1, second, second + 1, ref exchanges);
                third = Median(third - 1, third, third + 1, ref exchanges);
            }

            return (Median(first, second, third, ref exchanges), exchanges);
        }

        private int Median(int first, int second, int third, ref int exchanges)
        {
            Order(ref first, ref second, ref exchanges);
            Order(ref second, ref third, ref exchanges);
            Order(ref first, ref second, ref exchanges);
            return second;
        }

        private void Order(ref int left, ref int right, ref int exchanges)
        {
            if (IsLess(right, left))
            {
                (left, right) = (right, left);
                exchanges++;
            }
        }

        /// <summary>Sorts a range that is nearly sorted.</summary>
        /// <returns>Whether it is sorted now.</returns>
        private bool TryFinish(int start, int end)
        {
            var i = start + 1;
            for (var shifts = 0; shifts < MostShifts; shifts++)
            {
                while (i < end && !IsLess(i, i - 1))
                {
                    i++;
                }

                if (i == end || end - start < ShortestShift)
                {
                    return i == end;
                }

                Swap(i, i - 1);
                if (i - start >= 2)
                {
                    SinkLeft(i - 1, 0);
                }

                for (var j = i + 1; j < end && IsLess(j, j - 1); j++)
                {
                    Swap(j, j - 1);
                }
            }

            return false;
        }

        /// <summary>Puts what is less than the pivot before it and the rest after it.</summary>
        /// <returns>Where the pivot is, and whether nothing had to be moved.</returns>
        private (int Middle, bool Already) Partition(int start, int end, int pivot)
        {
            Swap(start, pivot);
            var (left, right) = (start + 1, end - 1);
            for (var already = true; ; already = false)
            {
                while (left <= right && IsLess(left, start))
                {
                    left++;
                }

                while (left <= right && !IsLess(right, start))
                {
                    right--;
                }

                if (left > right)
                {
                    Swap(right, start);
                    return (right, already);
                }

                Swap(left++, right--);
            }
        }

        /// <summary>Puts what equals the pivot, the least of the range, before what is greater.</summary>
        /// <returns>Where the greater ones begin.</returns>
        private int PartitionEqual(int start, int end, int pivot)
        {
            Swap(start, pivot);
            var (left, right) = (start + 1, end - 1);
            while (true)
            {
                while (left <= right && !IsLess(start, left))
                {
                    left++;
                }

                while (left <= right && IsLess(start, right))
                {
                    right--;
                }

                if (left > right)
                {
                    return left;
                }

                Swap(left++, right--);
            }
        }
    }
}
