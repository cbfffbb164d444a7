/* A blended desk in plain C: one queue, one group, items without end. Two heaps, a list of the free, a list of the items begun, abandonment looked at only
   when an agent frees. Fed the same streams it gives the numbers of the engine to the last digit. Built and called by benchmarks/simulation.py. */
#include <math.h>
#include <stdlib.h>

enum { OFFERED, ANSWERED, IN_TIME, COUNTED, ABANDONED, WAIT_S, HANDLE_S, CONTACTS };
enum { ON_DUTY_S, CONTACT_S, ITEM_S, LOST_S, RING_FENCED_S, SENT_HOME_S, ITEM_STARTS, INTERRUPTIONS, SWITCHES, TIMES };
enum { FINISHED, WORK_S, AGE_S, ITEMS };
enum { NOTHING, CONTACT, ITEM };

typedef struct { double time; long agent; } Entry;
typedef struct { Entry *at; long size; long *place; } Heap;
typedef struct { long next, before, later, earlier, item, own, place, last; double begun, cost; } Agent;
typedef struct {
    double *contacts, *times, *items, slot_s, horizon;
    long slots;
} Books;

static void put(Heap *heap, long at, Entry entry) {
    heap->at[at] = entry;
    if (heap->place) heap->place[entry.agent] = at;
}

static void rise(Heap *heap, long at, Entry entry) {
    while (at > 0) {
        long above = (at - 1) / 2;
        if (heap->at[above].time <= entry.time) break;
        put(heap, at, heap->at[above]);
        at = above;
    }
    put(heap, at, entry);
}

static void sink(Heap *heap, long at, Entry entry) {
    for (;;) {
        long below = 2 * at + 1;
        if (below >= heap->size) break;
        if (below + 1 < heap->size && heap->at[below + 1].time < heap->at[below].time) below++;
        if (entry.time <= heap->at[below].time) break;
        put(heap, at, heap->at[below]);
        at = below;
    }
    put(heap, at, entry);
}

static void push(Heap *heap, double time, long agent) { rise(heap, heap->size++, (Entry){time, agent}); }

static void take_out(Heap *heap, long at) {
    Entry last = heap->at[--heap->size];
    if (at == heap->size) return;
    if (at > 0 && heap->at[(at - 1) / 2].time > last.time) rise(heap, at, last);
    else sink(heap, at, last);
}

static void span(Books *books, int column, double start, double end) {
    if (end > books->horizon) end = books->horizon;
    if (!(end > start)) return;
    long slot = (long)(start / books->slot_s);
    if (slot > books->slots - 1) slot = books->slots - 1;
    for (; slot < books->slots - 1 && (slot + 1) * books->slot_s < end; slot++) {
        double upto = (slot + 1) * books->slot_s;
        if (upto > start) {
            books->times[slot * TIMES + column] += upto - start;
            start = upto;
        }
    }
    books->times[slot * TIMES + column] += end - start;
}

static void tick(Books *books, int column, double now, double amount) {
    if (now > books->horizon) return;
    long slot = (long)(now / books->slot_s);
    books->times[(slot < books->slots ? slot : books->slots - 1) * TIMES + column] += amount;
}

static void contact(Books *books, double offered, double wait, double handle, double within_s, int answered) {
    double *row = books->contacts + (long)(offered / books->slot_s) * CONTACTS;
    row[OFFERED] += 1.0;
    row[COUNTED] += 1.0;
    row[WAIT_S] += wait;
    if (answered) {
        row[ANSWERED] += 1.0;
        row[IN_TIME] += wait <= within_s;
        row[HANDLE_S] += handle;
    } else {
        row[ABANDONED] += 1.0;
    }
}

/* kept_free < 0: no items. Returns the number of items begun, or -1 when the items given did not suffice. */
long run(long contacts, const double *offered, const double *handle, const double *patience, long lengths, const double *length, long agents,
         long kept_free, int gives_way, double resume_s, double within_s, double slot_s, long slots, double *of_contacts, double *of_times,
         double *of_items, double *started, double *ended) {
    Books books = {of_contacts, of_times, of_items, slot_s, slot_s * slots, slots};
    Agent *agent = calloc(agents + 2, sizeof(Agent)), *free_list = agent + agents, *begun_list = agent + agents + 1;
    long FREE = agents, BEGUN = agents + 1;
    long *place = malloc(agents * sizeof(long));
    double *free_since = calloc(agents, sizeof(double)), *done = calloc(lengths + 1, sizeof(double));
    Heap calls = {malloc(agents * sizeof(Entry)), 0, 0}, work = {malloc(agents * sizeof(Entry)), 0, place};
    long free_agents = 0, arrived = 0, head = 0, items = 0, who;
    double now = 0.0;
    free_list->next = free_list->before = FREE;
    begun_list->later = begun_list->earlier = BEGUN;
    for (long i = 0; i < slots; i++) of_times[i * TIMES + ON_DUTY_S] = slot_s * agents;
    for (long i = 0; i < contacts; i++) started[i] = NAN;
    for (long i = 0; i < lengths; i++) ended[i] = NAN;
    long coming = agents; /* agents whose shift begins */
    for (who = 0; who < agents; who++) agent[who].item = agent[who].own = -1;
    int over = 0;
    for (;;) {
        double next = coming ? 0.0 : arrived < contacts ? offered[arrived] : INFINITY;
        int what = coming ? 0 : 1;
        if (!over && books.horizon <= next) next = books.horizon, what = 4;
        if (work.size && work.at[0].time <= next) next = work.at[0].time, what = 2;
        if (calls.size && calls.at[0].time <= next) next = calls.at[0].time, what = 3;
        if (next == INFINITY) break;
        now = next;
        who = -1;
        if (what == 0) {
            who = agents - coming--;
        } else if (what == 4) {
            over = 1;
            for (long i = 0; i < work.size; i++) {
                Agent *a = agent + work.at[i].agent;
                double gain = (now - a->begun) - a->cost;
                span(&books, ITEM_S, a->begun, now);
                span(&books, LOST_S, a->begun, fmin(now, a->begun + a->cost));
                if (gain > 0) done[a->item] += gain;
            }
        } else if (what == 3) {
            who = calls.at[0].agent;
            take_out(&calls, 0);
            span(&books, CONTACT_S, agent[who].begun, now);
        } else if (what == 2) {
            who = work.at[0].agent;
            Agent *a = agent + who;
            take_out(&work, 0);
            agent[a->later].earlier = a->earlier;
            agent[a->earlier].later = a->later;
            if (!over) {
                span(&books, ITEM_S, a->begun, now);
                span(&books, LOST_S, a->begun, a->begun + a->cost);
                done[a->item] = length[a->item];
                ended[a->item] = now;
                of_items[FINISHED] += 1.0;
                of_items[AGE_S] += now;
            }
            a->item = -1;
        } else {
            long call = arrived++, taker = -1;
            if (free_agents) {
                taker = free_list->next;
                agent[agent[taker].next].before = FREE;
                free_list->next = agent[taker].next;
                free_agents--;
            } else if (gives_way && !over && begun_list->earlier != BEGUN) {
                taker = begun_list->earlier;
                Agent *a = agent + taker;
                double gain = (now - a->begun) - a->cost;
                begun_list->earlier = a->earlier;
                agent[a->earlier].later = BEGUN;
                take_out(&work, place[taker]);
                span(&books, ITEM_S, a->begun, now);
                span(&books, LOST_S, a->begun, fmin(now, a->begun + a->cost));
                if (gain > 0) done[a->item] += gain;
                tick(&books, INTERRUPTIONS, now, 1.0);
                a->own = a->item;
                a->item = -1;
            }
            if (taker >= 0) {
                if (agent[taker].last == ITEM) tick(&books, SWITCHES, now, 1.0);
                agent[taker].last = CONTACT;
                agent[taker].begun = now;
                started[call] = now;
                push(&calls, now + handle[call], taker);
                contact(&books, offered[call], 0.0, handle[call], within_s, 1);
                if (head == call) head++;
            }
            /* else it waits: head .. arrived are the waiting, those who left among them */
        }
        if (who >= 0) { /* an agent is free: whoever waits longest, else the list of the free */
            int taken = 0;
            while (head < arrived) {
                long call = head++;
                if (!isnan(started[call])) continue;
                if (offered[call] + patience[call] <= now) {
                    contact(&books, offered[call], (offered[call] + patience[call]) - offered[call], 0.0, within_s, 0);
                    continue;
                }
                if (agent[who].last == ITEM) tick(&books, SWITCHES, now, 1.0);
                agent[who].last = CONTACT;
                agent[who].begun = now;
                started[call] = now;
                push(&calls, now + handle[call], who);
                contact(&books, offered[call], now - offered[call], handle[call], within_s, 1);
                taken = 1;
                break;
            }
            if (!taken) {
                free_since[who] = now;
                agent[who].next = FREE;
                agent[who].before = free_list->before;
                agent[free_list->before].next = who;
                free_list->before = who;
                free_agents++;
            }
        }
        while (!over && kept_free >= 0 && free_agents > kept_free) { /* the item rule */
            long taker = free_list->next;
            Agent *a = agent + taker;
            agent[a->next].before = FREE;
            free_list->next = a->next;
            free_agents--;
            a->cost = 0.0;
            if (a->own >= 0) {
                a->item = a->own;
                a->own = -1;
                a->cost = resume_s;
            } else {
                if (items == lengths) return -1;
                a->item = items++;
                tick(&books, ITEM_STARTS, now, 1.0);
            }
            if (a->last == CONTACT) tick(&books, SWITCHES, now, 1.0);
            a->last = ITEM;
            a->begun = now;
            a->later = BEGUN;
            a->earlier = begun_list->earlier;
            agent[begun_list->earlier].later = taker;
            begun_list->earlier = taker;
            push(&work, now + (a->cost + (length[a->item] - done[a->item])), taker);
        }
    }
    for (; head < arrived; head++) {
        if (!isnan(started[head])) continue;
        contact(&books, offered[head], (offered[head] + patience[head]) - offered[head], 0.0, within_s, 0);
    }
    for (long i = 0; i < items; i++) of_items[WORK_S] += done[i];
    free(agent); free(place); free(free_since); free(done); free(calls.at); free(work.at);
    return items;
}
