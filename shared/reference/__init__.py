"""Reference data that no service owns: French communes, occupations (ROME) and how a title finds its occupation."""
